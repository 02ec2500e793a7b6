import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { asProblem } from "@/api/problems";
import { NotFound, NothingHere } from "./NotFound";
import { ProblemAlert } from "./ProblemAlert";
import styles from "./kit.module.css";

interface Props<Data> {
  query: UseQueryResult<Data>;
  /** When it is all that the page shows: what is absent takes the page's place. */
  isPage?: boolean;
  children: (data: Data) => ReactNode;
}

/** What a query brought; before that a placeholder, or why it failed. */
export function QueryView<Data>({ query, isPage = false, children }: Props<Data>) {
  const { t } = useTranslation();
  if (query.data !== undefined) return children(query.data);
  if (query.isError) {
    if (asProblem(query.error).status === 404) return isPage ? <NotFound /> : <NothingHere />;
    return <ProblemAlert error={query.error} onRetry={() => void query.refetch()} />;
  }
  return (
    <div role="status" aria-label={t("common.loading")} className={styles.placeholder}>
      <div />
      <div />
      <div />
    </div>
  );
}
