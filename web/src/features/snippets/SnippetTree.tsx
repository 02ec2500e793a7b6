// Requirements: F2, F5
import { Tree } from "antd";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { SnippetTree as Loaded, SnippetTreeNode } from "@/api/types";
import { FolderIcon } from "@/kit/icons";
import { CodeIcon } from "@/kit/pageIcons";
import { placeAll, placeOfDrop, type Placed } from "./placing";
import { useSelection } from "./selection";
import { useMove } from "./useMove";
import styles from "./snippets.module.css";

const drawnAtOnce = 100;
const heightPx = 560;

interface Item {
  key: number;
  isFolder: boolean;
  isLeaf: boolean;
  title: string;
  "aria-level": number;
  children: Item[];
}

function itemOf(node: SnippetTreeNode, level = 1): Item {
  const isFolder = node.kind === "folder";
  return {
    key: node.id,
    isFolder,
    isLeaf: !isFolder,
    title: node.title,
    "aria-level": level,
    children: node.children.map((below) => itemOf(below, level + 1)),
  };
}

function idsAbove(places: Map<number, Placed>, id: number): number[] {
  const above: number[] = [];
  for (let at = places.get(id)?.parentId ?? null; at !== null;) {
    above.push(at);
    at = places.get(at)?.parentId ?? null;
  }
  return above;
}

const sides = { "-1": "before", "0": "inside", "1": "after" } as const;

/** Where a node was let go: Ant Design gives an index among the siblings, or the node for inside. */
function sideOf(info: { dropToGap: boolean; dropPosition: number; node: { pos: string } }) {
  if (!info.dropToGap) return "inside" as const;
  const index = Number(info.node.pos.split("-").at(-1));
  return info.dropPosition - index < 0 ? sides["-1"] : sides["1"];
}

/** One's own folders and snippets, which can be dragged; Alt and arrows move by the keyboard. */
export function SnippetTree({ tree }: { tree: Loaded }) {
  const { t } = useTranslation();
  const places = useMemo(() => placeAll(tree.nodes), [tree.nodes]);
  const items = useMemo(() => tree.nodes.map((node) => itemOf(node)), [tree.nodes]);
  const [selection, select] = useSelection();
  const move = useMove(places);
  const selectedId = selection.kind === "node" ? selection.id : null;
  const [expanded, setExpanded] = useExpanded(places, tree, selectedId);
  const step = (event: React.KeyboardEvent) => {
    if (!event.altKey || selectedId === null) return;
    if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
    event.preventDefault();
    event.stopPropagation();
    move.step(selectedId, event.key === "ArrowUp" ? "up" : "down");
  };
  return (
    <div onKeyDownCapture={step}>
      <Tree<Item>
        className={styles.tree}
        aria-label={t("snippets.mine")}
        treeData={items}
        blockNode
        draggable={{ icon: false }}
        selectedKeys={selectedId === null ? [] : [selectedId]}
        expandedKeys={expanded}
        onExpand={(keys) => {
          setExpanded(keys.map(Number));
        }}
        onSelect={(_keys, { node }) => {
          select({ kind: "node", id: node.key });
        }}
        allowDrop={({ dropNode, dropPosition }) => dropPosition !== 0 || dropNode.isFolder}
        onDrop={(info) => {
          const target = { id: info.node.key, side: sideOf(info) };
          move.to(info.dragNode.key, placeOfDrop(places, info.dragNode.key, target));
        }}
        height={places.size > drawnAtOnce ? heightPx : undefined}
        titleRender={(item) => (
          <span className={styles.node}>
            {item.isFolder ? <FolderIcon /> : <CodeIcon />} {item.title}
          </span>
        )}
      />
    </div>
  );
}

/** Which folders are open: small trees wholly, and always what leads to the selected node. */
function useExpanded(places: Map<number, Placed>, tree: Loaded, selectedId: number | null) {
  const [expanded, setExpanded] = useState<number[]>(() =>
    tree.count > drawnAtOnce ? [] : [...places.keys()],
  );
  const [shownId, setShownId] = useState<number | null>(null);
  if (shownId !== selectedId && (selectedId === null || places.has(selectedId))) {
    setShownId(selectedId);
    const above = selectedId === null ? [] : idsAbove(places, selectedId);
    setExpanded([...new Set([...expanded, ...above])]);
  }
  return [expanded, setExpanded] as const;
}
