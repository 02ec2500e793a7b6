import { useMemo } from "react";
import { placeAll } from "./placing";
import { useSnippetTree } from "./queries";
import { useSelection } from "./selection";

/** Where something new goes: into the selected folder, or beside the selected snippet. */
export function useFolderForNew(): number | null {
  const [selection] = useSelection();
  const tree = useSnippetTree();
  const places = useMemo(() => placeAll(tree.data?.nodes ?? []), [tree.data]);
  if (selection.kind === "new") return selection.parentId;
  if (selection.kind !== "node") return null;
  const place = places.get(selection.id);
  return place?.node.kind === "folder" ? selection.id : (place?.parentId ?? null);
}
