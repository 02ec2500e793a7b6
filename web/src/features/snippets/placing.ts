import type { SnippetMove } from "@/api/snippets";
import type { SnippetTreeNode } from "@/api/types";

export type Place = Required<Pick<SnippetMove, "parent_id" | "before_id">>;

/** A node with where it stands. */
export interface Placed {
  node: SnippetTreeNode;
  parentId: number | null;
  siblings: readonly SnippetTreeNode[];
  index: number;
  /** Titles of the folders above, the uppermost first. */
  path: readonly string[];
}

/** Every node of a tree by its id, in the order in which they are read. */
export function placeAll(nodes: readonly SnippetTreeNode[]): Map<number, Placed> {
  const found = new Map<number, Placed>();
  const walk = (siblings: readonly SnippetTreeNode[], parentId: number | null, path: string[]) => {
    siblings.forEach((node, index) => {
      found.set(node.id, { node, parentId, siblings, index, path });
      walk(node.children, node.id, [...path, node.title]);
    });
  };
  walk(nodes, null, []);
  return found;
}

/** How much a deletion takes, the node itself included. */
export function countWith(node: SnippetTreeNode): { folders: number; snippets: number } {
  const counts = node.kind === "folder" ? { folders: 1, snippets: 0 } : { folders: 0, snippets: 1 };
  for (const below of node.children.map(countWith)) {
    counts.folders += below.folders;
    counts.snippets += below.snippets;
  }
  return counts;
}

function isWithin(places: Map<number, Placed>, id: number | null, above: number): boolean {
  for (let at = id; at !== null; at = places.get(at)?.parentId ?? null) {
    if (at === above) return true;
  }
  return false;
}

function isUnchanged(moved: Placed, place: Place): boolean {
  if (place.parent_id !== moved.parentId) return false;
  return place.before_id === (moved.siblings[moved.index + 1]?.id ?? null);
}

/** Where a node goes that is dropped on another one; null where it can't go or stands already. */
export function placeOfDrop(
  places: Map<number, Placed>,
  movedId: number,
  target: { id: number; side: "inside" | "before" | "after" },
): Place | null {
  const moved = places.get(movedId);
  const onto = places.get(target.id);
  if (!moved || !onto || isWithin(places, target.id, movedId)) return null;
  if (target.side === "inside") {
    if (onto.node.kind !== "folder") return null;
    const place = { parent_id: target.id, before_id: null };
    return isUnchanged(moved, place) ? null : place;
  }
  const rest = onto.siblings.filter(({ id }) => id !== movedId);
  const index = rest.indexOf(onto.node) + (target.side === "after" ? 1 : 0);
  const place = { parent_id: onto.parentId, before_id: rest[index]?.id ?? null };
  return isUnchanged(moved, place) ? null : place;
}

/** One step up or down among its siblings; null at the end. */
export function placeOfStep(
  places: Map<number, Placed>,
  id: number,
  direction: "up" | "down",
): Place | null {
  const moved = places.get(id);
  const beside = moved?.siblings[moved.index + (direction === "up" ? -1 : 1)];
  if (!beside) return null;
  return placeOfDrop(places, id, {
    id: beside.id,
    side: direction === "up" ? "before" : "after",
  });
}

/** The folders that can take a node, each with its whole path; null stands for the top. */
export function foldersFor(
  places: Map<number, Placed>,
  id: number,
): { id: number; path: readonly string[] }[] {
  return [...places.values()]
    .filter(({ node }) => node.kind === "folder" && !isWithin(places, node.id, id))
    .map(({ node, path }) => ({ id: node.id, path: [...path, node.title] }));
}
