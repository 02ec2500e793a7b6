// Requirements: D2, D3, D17, E3, F2
import { keepPreviousData, queryOptions, useQuery, useQueryClient } from "@tanstack/react-query";
import { Input, Modal, type InputRef } from "antd";
import { useDeferredValue, useId, useRef, useState, type KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { searchEverything } from "@/api/search";
import { QueryView } from "@/kit/QueryView";
import { SearchIcon } from "@/kit/icons";
import { HitList } from "./HitList";
import { hitsOf, step } from "./results";
import styles from "./search.module.css";

const found = (query: string) =>
  queryOptions({
    queryKey: ["search", query],
    queryFn: ({ signal }) => searchEverything(query, signal),
    staleTime: 0,
  });

/** Finds one's own things and public ones; arrows choose, Enter opens. */
export function SearchPalette({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const listId = useId();
  const input = useRef<InputRef>(null);
  const [words, setWords] = useState("");
  const [chosen, setChosen] = useState(0);
  const query = useDeferredValue(words.trim());
  const results = useQuery({ ...found(query), placeholderData: keepPreviousData });
  const groups = results.data ? hitsOf(results.data) : [];
  const hits = groups.flatMap(([, found]) => found);
  const current = hits[Math.min(chosen, hits.length - 1)];
  const open = (to: string) => {
    onClose();
    void navigate(to);
  };
  /** For whoever is faster than the answer: what is shown until then was found for other words. */
  const openFirst = async (wanted: string) => {
    const answer = await queryClient.query(found(wanted)).catch(() => undefined);
    const first = answer && hitsOf(answer)[0]?.[1][0];
    if (first && input.current?.input?.value.trim() === wanted) open(first.to);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by !== undefined) {
      event.preventDefault();
      setChosen(step(hits.length, Math.min(chosen, hits.length - 1), by));
    }
    if (event.key !== "Enter" || event.nativeEvent.isComposing) return;
    if (results.isPlaceholderData || words.trim() !== query) void openFirst(words.trim());
    else if (current) open(current.to);
  };
  return (
    <Modal
      open
      title={t("search.title")}
      footer={null}
      width={620}
      className={styles.palette}
      onCancel={onClose}
      afterOpenChange={(isOpen) => {
        if (isOpen) input.current?.focus();
      }}
    >
      <Input
        ref={input}
        size="large"
        prefix={<SearchIcon />}
        role="combobox"
        aria-label={t("search.label")}
        aria-expanded={hits.length > 0}
        aria-controls={listId}
        aria-activedescendant={current ? `${listId}-${current.key}` : undefined}
        placeholder={t("search.label")}
        maxLength={200}
        value={words}
        onChange={({ target }) => {
          setWords(target.value);
          setChosen(0);
        }}
        onKeyDown={onKeyDown}
      />
      <div className={styles.results}>
        <QueryView query={results}>
          {() =>
            hits.length > 0 ? (
              <HitList
                id={listId}
                label={t("search.results")}
                groups={groups}
                currentKey={current?.key}
                onOpen={open}
              />
            ) : (
              <p className={styles.none} role="status">
                {query ? t("search.none", { query }) : t("search.empty")}
              </p>
            )
          }
        </QueryView>
      </div>
    </Modal>
  );
}
