// Requirements: F2
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { SearchField } from "@/kit/SearchField";
import { PageHeader } from "@/kit/PageHeader";
import { LibraryTree } from "./LibraryTree";
import { MySnippets } from "./MySnippets";
import { PageActions } from "./PageActions";
import { SearchResults } from "./SearchResults";
import { SelectedSnippet } from "./SelectedSnippet";
import { useSelection } from "./selection";
import styles from "./snippets.module.css";

export function SnippetsPage() {
  const { t } = useTranslation();
  const [selection] = useSelection();
  const [query, setQuery] = useState("");
  return (
    <>
      <PageHeader title={t("snippets.title")} lead={t("snippets.lead")} actions={<PageActions />} />
      <div className={styles.columns} data-shows={selection.kind === "none" ? "lists" : "selected"}>
        <div className={styles.lists}>
          <SearchField
            className={styles.search}
            label={t("snippets.search.label")}
            value={query}
            onSearch={setQuery}
          />
          {query === "" ? (
            <>
              <MySnippets />
              <LibraryTree />
            </>
          ) : (
            <SearchResults query={query} onTag={setQuery} />
          )}
        </div>
        <div className={styles.selected}>
          <SelectedSnippet onTag={setQuery} />
        </div>
      </div>
    </>
  );
}
