import { useQueries } from "@tanstack/react-query";
import { useState } from "react";
import { listDatasetFolder } from "@/api/datasets";
import { groupPages, treeOf, type FolderPage } from "./folderPages";
import { datasetsKey } from "./queries";

/** The folders of a data set, each loaded in pages when it is opened. */
export function useFolders(datasetId: number) {
  const [wanted, setWanted] = useState<readonly FolderPage[]>([{ path: "" }]);
  const answers = useQueries({
    queries: wanted.map(({ path, cursor }) => ({
      queryKey: [...datasetsKey, datasetId, "folder", path, cursor ?? ""],
      queryFn: () => listDatasetFolder(datasetId, path, cursor),
    })),
  });
  const pages = answers.map(({ data }) => data);
  const failed = answers.find(({ error }) => error !== null);
  const want = (page: FolderPage) => {
    const isKnown = wanted.some(({ path, cursor }) => path === page.path && cursor === page.cursor);
    if (!isKnown) setWanted([...wanted, page]);
  };
  return {
    items: treeOf(groupPages(wanted, pages)) ?? [],
    isPending: pages[0] === undefined && failed === undefined,
    error: failed?.error ?? null,
    retry: () => {
      for (const answer of answers) if (answer.error) void answer.refetch();
    },
    want,
  };
}
