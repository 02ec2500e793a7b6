// Requirements: D14, D15
import { useQuery } from "@tanstack/react-query";
import { Tooltip, Tree } from "antd";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { listProjectDatasets } from "@/api/projects";
import { listPublicProjectDatasets } from "@/api/publicProjects";
import type { DatasetTree } from "@/api/types";
import { EmptyState } from "@/kit/EmptyState";
import { useFormat } from "@/kit/format";
import { DatabaseIcon, FileIcon, FolderIcon } from "@/kit/icons";
import { QueryView } from "@/kit/QueryView";
import { FileStart } from "./FileStart";
import { findFile, nodesOf, type DatasetNode } from "./datasetTree";
import type { Target } from "./target";
import styles from "./projects.module.css";

const drawnWhole = 30;

/** The data sets of a project, each as a tree with a look into its files. */
export function ProjectDatasets({ target: { kind, id } }: { target: Target }) {
  const { t } = useTranslation();
  const trees = useQuery({
    queryKey: ["projects", kind, id, "datasets"],
    queryFn: () => (kind === "own" ? listProjectDatasets(id) : listPublicProjectDatasets(id)),
  });
  return (
    <QueryView query={trees}>
      {(known) =>
        known.length > 0 ? (
          known.map((tree) => <OneDataset key={tree.path} tree={tree} />)
        ) : (
          <EmptyState
            icon={<DatabaseIcon />}
            title={t("projects.page.noDatasets")}
            hint={t(
              kind === "own" ? "projects.page.noDatasetsHint" : "projects.page.noDatasetsPublic",
            )}
          />
        )
      }
    </QueryView>
  );
}

function OneDataset({ tree }: { tree: DatasetTree }) {
  const { t } = useTranslation();
  const { dataset } = tree;
  const nodes = useMemo(() => nodesOf(tree.children), [tree]);
  const [chosen, setChosen] = useState<string>();
  const file = chosen === undefined ? undefined : findFile(nodes, chosen);
  return (
    <section className={styles.dataset} aria-label={dataset.name}>
      <h3 className={styles.datasetTitle}>
        <DatabaseIcon className={styles.datasetIcon} />
        {dataset.id === null ? (
          dataset.name
        ) : (
          <Link to={`/datasets/${dataset.id}`}>{dataset.name}</Link>
        )}
        <span className={styles.tag}>
          {t(dataset.is_public ? "common.visibility.public" : "common.visibility.private")}
        </span>
        {dataset.has_moved_on ? (
          <Tooltip title={t("projects.page.datasetMovedOnHint")}>
            <span className={styles.tag}>{t("projects.page.datasetMovedOn")}</span>
          </Tooltip>
        ) : null}
        <span className={styles.readFrom}>
          {t("projects.page.readFrom")} <code>{`../../input/${dataset.name}/`}</code>
        </span>
      </h3>
      {dataset.id === null ? <p className={styles.none}>{t("projects.page.datasetGone")}</p> : null}
      <Tree<DatasetNode>
        className={styles.tree}
        aria-label={t("projects.page.filesOf", { name: dataset.name })}
        treeData={nodes}
        fieldNames={{ key: "key", title: "name", children: "children" }}
        defaultExpandAll={tree.file_count <= drawnWhole}
        height={tree.file_count > drawnWhole ? 360 : undefined}
        blockNode
        selectedKeys={chosen === undefined ? [] : [chosen]}
        onSelect={(keys) => {
          setChosen(keys[0] === undefined ? undefined : String(keys[0]));
        }}
        titleRender={(node) => <NodeTitle node={node} />}
      />
      {tree.is_cut ? (
        <p className={styles.none}>{t("projects.page.datasetCut", { count: tree.file_count })}</p>
      ) : null}
      {file?.isLeaf ? <FileStart datasetId={dataset.id} node={file} /> : null}
    </section>
  );
}

function NodeTitle({ node }: { node: DatasetNode }) {
  const format = useFormat();
  return (
    <span className={styles.node}>
      <span className={styles.nodeName}>
        {node.isLeaf ? <FileIcon /> : <FolderIcon />} {node.name}
      </span>
      <span className={styles.nodeSize}>{format.bytes(node.sizeBytes)}</span>
    </span>
  );
}
