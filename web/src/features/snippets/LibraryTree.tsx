import { Tree } from "antd";
import { useTranslation } from "react-i18next";
import type { LibraryGroup } from "@/api/types";
import { useLanguage } from "@/i18n";
import { FolderIcon } from "@/kit/icons";
import { CodeIcon } from "@/kit/pageIcons";
import { QueryView } from "@/kit/QueryView";
import { Section } from "@/kit/Section";
import { labelOf } from "./library";
import { useSnippetLibrary } from "./queries";
import { useSelection } from "./selection";
import styles from "./snippets.module.css";

/** What ships with the platform, to be read and copied. */
export function LibraryTree() {
  const { t } = useTranslation();
  const library = useSnippetLibrary();
  return (
    <Section title={t("snippets.library.title")} hint={t("snippets.library.hint")}>
      <QueryView query={library}>{(groups) => <Groups groups={groups} />}</QueryView>
    </Section>
  );
}

function Groups({ groups }: { groups: readonly LibraryGroup[] }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const [selection, select] = useSelection();
  const items = groups.map((group) => ({
    key: group.name,
    title: labelOf(group, language),
    isLeaf: false,
    selectable: false,
    "aria-level": 1,
    children: group.snippets.map((snippet) => ({
      key: snippet.name,
      title: labelOf(snippet, language),
      isLeaf: true,
      "aria-level": 2,
    })),
  }));
  return (
    <Tree
      className={styles.tree}
      aria-label={t("snippets.library.title")}
      treeData={items}
      blockNode
      expandAction="click"
      defaultExpandedKeys={groups.slice(0, 1).map(({ name }) => name)}
      selectedKeys={selection.kind === "library" ? [selection.name] : []}
      onSelect={(_keys, { node }) => {
        select({ kind: "library", name: node.key });
      }}
      titleRender={(item) => (
        <span className={styles.node}>
          {item.isLeaf ? <CodeIcon /> : <FolderIcon />} {item.title}
        </span>
      )}
    />
  );
}
