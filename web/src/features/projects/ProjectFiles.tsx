// Requirements: D4, D5
import { Tree } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { archiveAddress } from "@/api/projectFiles";
import { EmptyState } from "@/kit/EmptyState";
import { useFormat } from "@/kit/format";
import { FileIcon, FolderIcon, FolderOpenIcon } from "@/kit/icons";
import { DownloadIcon } from "@/kit/pageIcons";
import { ProblemAlert } from "@/kit/ProblemAlert";
import { FilePanel } from "./FilePanel";
import { nodesOfFolders, type FolderNode } from "./folderTree";
import { ProjectUpload } from "./ProjectUpload";
import type { Target } from "./target";
import { useFolders } from "./useFolders";
import styles from "./projects.module.css";

interface Props {
  target: Target;
  mayUpload: boolean;
}

/** The files of a project: a tree that loads a folder when it is opened. */
export function ProjectFiles({ target, mayUpload }: Props) {
  const { t } = useTranslation();
  const { folders, open, loadMore, error } = useFolders(target);
  const [chosen, setChosen] = useState<FolderNode>();
  const nodes = nodesOfFolders(folders);
  return (
    <div className={styles.files}>
      <p className={styles.filesHead}>
        <a href={archiveAddress(target)} download>
          <DownloadIcon /> {t("projects.files.archive")}
        </a>
      </p>
      <ProblemAlert error={error} className={styles.problem} />
      {nodes.length === 0 ? (
        <EmptyState
          icon={<FolderOpenIcon />}
          title={t("projects.files.none")}
          hint={t("projects.files.noneHint")}
        />
      ) : (
        <Tree<FolderNode>
          aria-label={t("projects.page.filesOf", { name: target.name })}
          treeData={nodes}
          fieldNames={{ key: "key", title: "name", children: "children" }}
          blockNode
          expandAction="click"
          selectedKeys={chosen ? [chosen.key] : []}
          onExpand={(_keys, { expanded, node }) => {
            if (expanded) open(node.key);
          }}
          onSelect={(_keys, { node }) => {
            if (node.kind === "more") loadMore(node.key.slice(0, -1));
            if (node.kind === "file") setChosen(node);
          }}
          titleRender={(node) => <NodeTitle node={node} />}
        />
      )}
      {chosen ? <FilePanel key={chosen.key} target={target} node={chosen} /> : null}
      {mayUpload ? <ProjectUpload projectId={target.id} /> : null}
    </div>
  );
}

function NodeTitle({ node }: { node: FolderNode }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (node.kind === "loading") return <span className={styles.none}>{t("common.loading")}</span>;
  if (node.kind === "more") return <span className={styles.more}>{t("common.actions.more")}</span>;
  return (
    <span className={styles.node}>
      <span className={styles.nodeName}>
        {node.kind === "file" ? <FileIcon /> : <FolderIcon />} {node.name}
      </span>
      {node.sizeBytes === null ? null : (
        <span className={styles.nodeSize}>{format.bytes(node.sizeBytes)}</span>
      )}
    </span>
  );
}
