import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { searchDatasets } from "@/api/datasetSearch";

const shownAtMost = 50;
const pauseMs = 250;

function useFound(whose: "mine" | "public", words: string) {
  return useQuery({
    queryKey: ["datasets", "choices", whose, words],
    queryFn: () => searchDatasets(whose, words, shownAtMost),
    placeholderData: keepPreviousData,
  });
}

/** One's own and the public data sets that fit what is typed, asked for at each pause. */
export function useDatasetSearch() {
  const [words, setWords] = useState("");
  const timer = useRef(0);
  useEffect(
    () => () => {
      window.clearTimeout(timer.current);
    },
    [],
  );
  const mine = useFound("mine", words);
  const everybodys = useFound("public", words);
  const search = (typed: string) => {
    window.clearTimeout(timer.current);
    timer.current = window.setTimeout(() => {
      setWords(typed.trim());
    }, pauseMs);
  };
  return {
    mine: mine.data ?? [],
    everybodys: everybodys.data ?? [],
    isSearching: mine.isFetching || everybodys.isFetching,
    words,
    search,
  };
}
