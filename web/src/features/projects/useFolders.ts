import { keepPreviousData, useQueries } from "@tanstack/react-query";
import { useState } from "react";
import { listFolder, type FolderItem, type ProjectPlace } from "@/api/projectFiles";
import type { Folder } from "./folderTree";

/** All of a folder's first pages; they are asked for again together when files change. */
async function loadFolder(place: ProjectPlace, path: string, pageCount: number) {
  const items: FolderItem[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < pageCount; page += 1) {
    const { items: more, next_cursor } = await listFolder(place, path, cursor);
    items.push(...more);
    cursor = next_cursor ?? undefined;
    if (cursor === undefined) break;
  }
  return { items, hasMore: cursor !== undefined };
}

/** The folders of a project that are open, each loaded when it is opened for the first time. */
export function useFolders({ kind, id }: ProjectPlace) {
  const [pageCounts, setPageCounts] = useState<ReadonlyMap<string, number>>(new Map([["", 1]]));
  const paths = [...pageCounts];
  const queries = useQueries({
    queries: paths.map(([path, pageCount]) => ({
      queryKey: ["projects", kind, id, "tree", path, pageCount],
      queryFn: () => loadFolder({ kind, id }, path, pageCount),
      placeholderData: keepPreviousData,
    })),
  });
  const folders = new Map<string, Folder>(
    paths.map(([path], index) => [path, queries[index]?.data]),
  );
  const open = (path: string) => {
    if (!pageCounts.has(path)) setPageCounts(new Map(pageCounts).set(path, 1));
  };
  const loadMore = (path: string) => {
    setPageCounts(new Map(pageCounts).set(path, (pageCounts.get(path) ?? 0) + 1));
  };
  return {
    folders,
    open,
    loadMore,
    error: queries.find((one) => one.error)?.error,
  };
}
