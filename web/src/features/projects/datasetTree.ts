import type { DatasetFile, DatasetTree } from "@/api/types";

type Child = DatasetTree["children"][number];

/** A node as Ant Design's tree takes it. */
export interface DatasetNode {
  key: string;
  name: string;
  sizeBytes: number;
  isLeaf: boolean;
  /** What the file table knows; absent for folders and for what has changed since. */
  file: DatasetFile | null;
  children?: DatasetNode[];
}

/** Folders carry the size of all that is in them. */
export function nodesOf(children: readonly Child[], parent = ""): DatasetNode[] {
  return children.map((child) => {
    const key = parent ? `${parent}/${child.name}` : child.name;
    const inside = child.children ? nodesOf(child.children, key) : undefined;
    const sizeBytes = inside
      ? inside.reduce((total, node) => total + node.sizeBytes, 0)
      : (child.size_bytes ?? 0);
    const node = { key, name: child.name, sizeBytes, file: child.file ?? null };
    return inside ? { ...node, isLeaf: false, children: inside } : { ...node, isLeaf: true };
  });
}

export function findFile(nodes: readonly DatasetNode[], key: string): DatasetNode | undefined {
  for (const node of nodes) {
    if (node.key === key) return node;
    if (node.children && key.startsWith(`${node.key}/`)) return findFile(node.children, key);
  }
  return undefined;
}
