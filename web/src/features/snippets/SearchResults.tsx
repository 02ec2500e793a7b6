// Requirements: F2
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { FoundSnippet } from "@/api/types";
import { EmptyState } from "@/kit/EmptyState";
import { FolderIcon, SearchIcon } from "@/kit/icons";
import { PagedView } from "@/kit/PagedView";
import { Tags } from "./Tags";
import { useSnippetSearch } from "./queries";
import styles from "./snippets.module.css";

interface Props {
  query: string;
  onTag: (tag: string) => void;
}

/** What has all the words, hits in titles first. */
export function SearchResults({ query, onTag }: Props) {
  const { t } = useTranslation();
  const found = useSnippetSearch(query);
  return (
    <PagedView
      query={found}
      empty={
        <EmptyState
          icon={<SearchIcon />}
          title={t("snippets.search.nothing")}
          hint={t("snippets.search.nothingHint")}
        />
      }
    >
      {(items) => (
        <ul className={styles.results} aria-label={t("snippets.search.results")}>
          {items.map((item) => (
            <Result key={item.id} item={item} onTag={onTag} />
          ))}
        </ul>
      )}
    </PagedView>
  );
}

function Result({ item, onTag }: { item: FoundSnippet; onTag: (tag: string) => void }) {
  return (
    <li className={styles.result}>
      <Link to={`/snippets?id=${item.id}`} className={styles.resultTitle}>
        {item.kind === "folder" ? <FolderIcon /> : null} {item.title}
      </Link>
      {item.path.length > 0 ? (
        <p className={styles.meta}>{item.path.map(({ title }) => title).join(" / ")}</p>
      ) : null}
      {item.excerpt ? <code className={styles.excerpt}>{item.excerpt}</code> : null}
      <Tags tags={item.tags} onTag={onTag} />
    </li>
  );
}
