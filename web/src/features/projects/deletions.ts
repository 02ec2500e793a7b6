import type { ProjectDeletion } from "@/api/types";

export interface SortedDeletions {
  /** Names, or numbers where the name is not known any more. */
  deleted: string[];
  refused: { name: string; reason: string }[];
  /** Notebooks that computed while their project went. */
  inUse: string[];
}

/** What a deletion's answer comes to. */
export function sortDeletions(
  items: readonly ProjectDeletion[],
  names: ReadonlyMap<number, string>,
): SortedDeletions {
  const sorted: SortedDeletions = { deleted: [], refused: [], inUse: [] };
  for (const { id, is_deleted, name, detail, in_use } of items) {
    const shown = name ?? names.get(id) ?? String(id);
    if (is_deleted) sorted.deleted.push(shown);
    else sorted.refused.push({ name: shown, reason: detail ?? "" });
    sorted.inUse.push(...(in_use ?? []).map(({ path }) => path));
  }
  return sorted;
}
