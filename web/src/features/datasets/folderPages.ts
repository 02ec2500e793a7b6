import type { FolderItem, Page } from "@/api/types";

/** One page of a folder that is wanted. */
export interface FolderPage {
  path: string;
  cursor?: string;
}

export interface TreeItem {
  key: string;
  name: string;
  kind: "folder" | "file" | "more" | "waiting";
  isLeaf: boolean;
  "aria-level": number;
  /** Of a file or a folder. */
  item?: FolderItem;
  /** Of "more": which page comes next. */
  next?: FolderPage;
  children?: TreeItem[];
}

type Loaded = ReadonlyMap<string, readonly (Page<FolderItem> | undefined)[]>;

/** The pages of each folder, in their order. */
export function groupPages(
  wanted: readonly FolderPage[],
  answers: readonly (Page<FolderItem> | undefined)[],
): Loaded {
  const folders = new Map<string, (Page<FolderItem> | undefined)[]>();
  wanted.forEach(({ path }, index) => {
    folders.set(path, [...(folders.get(path) ?? []), answers[index]]);
  });
  return folders;
}

/** What is known of a folder as items of a tree, with an item where there is more. */
export function treeOf(folders: Loaded, path = "", level = 1): TreeItem[] | undefined {
  const pages = folders.get(path);
  if (pages === undefined) return undefined;
  const base = { isLeaf: true, "aria-level": level };
  const items = pages.flatMap((page) => page?.items ?? []);
  const shown = items.map((item): TreeItem =>
    item.is_folder
      ? {
          ...base,
          key: `${item.path}/`,
          name: item.name,
          kind: "folder",
          isLeaf: false,
          item,
          children: treeOf(folders, item.path, level + 1),
        }
      : { ...base, key: item.path, name: item.name, kind: "file", item },
  );
  const last = pages.at(-1);
  if (last === undefined) {
    return [...shown, { ...base, key: `${path}//waiting`, name: "", kind: "waiting" }];
  }
  if (!last.next_cursor) return shown;
  const next = { path, cursor: last.next_cursor };
  return [...shown, { ...base, key: `${path}//more`, name: "", kind: "more", next }];
}
