import type { FolderItem } from "@/api/projectFiles";

/** A folder as far as it is loaded; absent while it is on its way. */
export type Folder = { items: FolderItem[]; hasMore: boolean } | undefined;

/** A node as Ant Design's tree takes it. */
export interface FolderNode {
  /** The path; of the row that loads more of a folder, the folder's with a slash behind it. */
  key: string;
  kind: "folder" | "file" | "more" | "loading";
  name: string;
  sizeBytes: number | null;
  isLeaf: boolean;
  children?: FolderNode[];
}

function row(path: string, kind: "more" | "loading"): FolderNode {
  return { key: `${path}/`, kind, name: "", sizeBytes: null, isLeaf: true };
}

/** The tree that the open folders make, from the top or from a folder on. */
export function nodesOfFolders(folders: ReadonlyMap<string, Folder>, path = ""): FolderNode[] {
  const folder = folders.get(path);
  if (folder === undefined) return [row(path, "loading")];
  const nodes = folder.items.map((item): FolderNode => {
    const node = { key: item.path, name: item.name, sizeBytes: item.size_bytes };
    if (!item.is_folder) return { ...node, kind: "file", isLeaf: true };
    if (!folders.has(item.path)) return { ...node, kind: "folder", isLeaf: false };
    const children = nodesOfFolders(folders, item.path);
    return { ...node, kind: "folder", isLeaf: false, children };
  });
  return folder.hasMore ? [...nodes, row(path, "more")] : nodes;
}

export type Look = "picture" | "notebook" | "text" | "none";

const pictures = /\.(avif|bmp|gif|jpe?g|png|svg|webp)$/i;
const texts =
  /\.(cfg|conf|css|csv|ini|js|jsonl?|log|md|py|r|rst|sh|sql|toml|tsv|txt|ya?ml|xml|html?)$/i;
const named = /(^|\/)(\.[\w-]+|Dockerfile|LICENSE|Makefile|README)$/;

/** How a file can be looked at here, by its name. */
export function lookOf(path: string): Look {
  if (pictures.test(path)) return "picture";
  if (/\.ipynb$/i.test(path)) return "notebook";
  return texts.test(path) || named.test(path) ? "text" : "none";
}
