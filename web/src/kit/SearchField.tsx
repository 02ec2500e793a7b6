import Input from "antd/es/input/Input";
import { useEffect, useEffectEvent, useState } from "react";
import { SearchIcon } from "@/kit/icons";
import styles from "./kit.module.css";

const pauseMs = 250;

interface Props {
  label: string;
  /** What is being searched for. */
  value: string;
  /** Called when typing pauses, and at once with Enter. */
  onSearch: (words: string) => void;
  className?: string;
}

/** A box to search with as one types. */
export function SearchField({ label, value, onSearch, className }: Props) {
  const [typed, setTyped] = useState(value);
  const [shown, setShown] = useState(value);
  if (shown !== value) {
    // Something else than this box has changed what is searched for.
    setShown(value);
    if (typed.trim() !== value) setTyped(value);
  }
  const search = useEffectEvent((words: string) => {
    if (words !== value) onSearch(words);
  });
  useEffect(() => {
    const pause = setTimeout(() => {
      search(typed.trim());
    }, pauseMs);
    return () => {
      clearTimeout(pause);
    };
  }, [typed]);
  return (
    <Input
      type="search"
      className={className ?? styles.search}
      prefix={<SearchIcon />}
      aria-label={label}
      placeholder={label}
      maxLength={200}
      value={typed}
      onChange={(event) => {
        setTyped(event.target.value);
      }}
      onPressEnter={() => {
        onSearch(typed.trim());
      }}
    />
  );
}
