// Requirements: F2
import { useTranslation } from "react-i18next";
import type { SnippetTree as Loaded } from "@/api/types";
import { EmptyState } from "@/kit/EmptyState";
import { CodeIcon } from "@/kit/pageIcons";
import { QueryView } from "@/kit/QueryView";
import { Section } from "@/kit/Section";
import { CopyLibraryButton } from "./CopyLibraryButton";
import { SnippetTree } from "./SnippetTree";
import { useSnippetLibrary, useSnippetTree } from "./queries";
import styles from "./snippets.module.css";

export function MySnippets() {
  const { t } = useTranslation();
  const tree = useSnippetTree();
  return (
    <Section title={t("snippets.mine")} extra={tree.data ? <Room tree={tree.data} /> : null}>
      <QueryView query={tree}>
        {(loaded) => (loaded.count > 0 ? <SnippetTree tree={loaded} /> : <NothingYet />)}
      </QueryView>
    </Section>
  );
}

/** How much of what is allowed is used; said when it begins to matter. */
function Room({ tree }: { tree: Loaded }) {
  const { t } = useTranslation();
  if (tree.count < tree.max_count * 0.8) return null;
  return (
    <span className={styles.meta}>
      {t("snippets.room", { count: tree.count, most: tree.max_count })}
    </span>
  );
}

function NothingYet() {
  const { t } = useTranslation();
  const library = useSnippetLibrary();
  return (
    <EmptyState
      icon={<CodeIcon />}
      title={t("snippets.empty.title")}
      hint={t("snippets.empty.hint")}
      action={library.data ? <CopyLibraryButton groups={library.data} isWhole /> : null}
    />
  );
}
