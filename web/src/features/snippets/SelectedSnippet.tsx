// Requirements: F2
import { Button } from "antd";
import { useTranslation } from "react-i18next";
import { EmptyState } from "@/kit/EmptyState";
import { ArrowLeftIcon, CodeIcon } from "@/kit/pageIcons";
import { QueryView } from "@/kit/QueryView";
import { LibraryDetails } from "./LibraryDetails";
import { NewNode } from "./NewNode";
import { NodeEditor } from "./NodeEditor";
import { useSnippet } from "./queries";
import { useSelection } from "./selection";
import styles from "./snippets.module.css";

interface Props {
  onTag: (tag: string) => void;
}

/** What was chosen in the lists, to be read or changed. */
export function SelectedSnippet({ onTag }: Props) {
  const { t } = useTranslation();
  const [selection, select] = useSelection();
  if (selection.kind === "none") {
    return (
      <div className={styles.nothing}>
        <EmptyState
          icon={<CodeIcon />}
          title={t("snippets.choose.title")}
          hint={t("snippets.choose.hint")}
        />
      </div>
    );
  }
  return (
    <>
      <Button
        type="link"
        className={styles.back}
        icon={<ArrowLeftIcon />}
        onClick={() => {
          select({ kind: "none" });
        }}
      >
        {t("snippets.back")}
      </Button>
      {selection.kind === "node" ? <Node key={selection.id} id={selection.id} /> : null}
      {selection.kind === "library" ? <LibraryDetails name={selection.name} onTag={onTag} /> : null}
      {selection.kind === "new" ? (
        <NewNode key={selection.what} what={selection.what} parentId={selection.parentId} />
      ) : null}
    </>
  );
}

function Node({ id }: { id: number }) {
  const node = useSnippet(id);
  return <QueryView query={node}>{(loaded) => <NodeEditor node={loaded} />}</QueryView>;
}
