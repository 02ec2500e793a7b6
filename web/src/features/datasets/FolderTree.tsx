// Requirements: E2
import { Tree } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { FileIcon, FolderIcon } from "@/kit/icons";
import { useFormat } from "@/kit/format";
import { ProblemAlert } from "@/kit/ProblemAlert";
import type { TreeItem } from "./folderPages";
import { useFolders } from "./useFolders";
import styles from "./datasets.module.css";

const heightPx = 520;

interface Props {
  datasetId: number;
  selectedId: number | null;
  onSelect: (fileId: number) => void;
}

/** The folders and files of a data set; a folder is asked for when it is opened, page by page. */
export function FolderTree({ datasetId, selectedId, onSelect }: Props) {
  const { t } = useTranslation();
  const folders = useFolders(datasetId);
  const [open, setOpen] = useState<string[]>([]);
  const [chosen, setChosen] = useState<string | null>(null);
  const choose = (node: TreeItem) => {
    if (node.next) folders.want(node.next);
    const fileId = node.item?.file_id;
    if (typeof fileId !== "number") return;
    setChosen(node.key);
    onSelect(fileId);
  };
  if (folders.error) return <ProblemAlert error={folders.error} onRetry={folders.retry} />;
  const key = keyOf(folders.items, selectedId) ?? chosen;
  return (
    <Tree<TreeItem>
      className={styles.tree}
      aria-label={t("datasets.page.files")}
      aria-busy={folders.isPending}
      treeData={folders.items}
      fieldNames={{ key: "key", title: "name", children: "children" }}
      expandAction="click"
      expandedKeys={open}
      onExpand={(keys, { node, expanded }) => {
        setOpen(keys.map(String));
        if (expanded && node.item) folders.want({ path: node.item.path });
      }}
      selectedKeys={key === null ? [] : [key]}
      onSelect={(_keys, { node }) => {
        choose(node);
      }}
      height={heightPx}
      blockNode
      titleRender={(node) => <NodeTitle node={node} />}
    />
  );
}

function keyOf(items: readonly TreeItem[], fileId: number | null): string | null {
  if (fileId === null) return null;
  for (const { key, item, children } of items) {
    if (item?.file_id === fileId) return key;
    const below = keyOf(children ?? [], fileId);
    if (below !== null) return below;
  }
  return null;
}

function NodeTitle({ node }: { node: TreeItem }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (node.kind === "more") return <span className={styles.more}>{t("common.actions.more")}</span>;
  if (node.kind === "waiting") return <span className={styles.more}>{t("common.loading")}</span>;
  const { file_count: count, size_bytes: size } = node.item ?? {};
  return (
    <span className={styles.node}>
      <span className={styles.nodeName}>
        {node.kind === "folder" ? <FolderIcon /> : <FileIcon />} {node.name}
      </span>
      <span className={styles.nodeSize}>
        {typeof count === "number" ? `${t("common.files", { count })} · ` : null}
        {typeof size === "number" ? format.bytes(size) : null}
      </span>
    </span>
  );
}
