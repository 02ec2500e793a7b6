import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { listDeletedFiles, listFileVersions } from "@/api/versions";
import { datasetsKey } from "../queries";

/** All versions of a file. */
export function useFileVersions(datasetId: number, path: string) {
  return useQuery({
    queryKey: [...datasetsKey, datasetId, "versions", path],
    queryFn: () => listFileVersions(datasetId, path),
  });
}

/** The files that were deleted, page by page. */
export function useDeletedFiles(datasetId: number) {
  return useInfiniteQuery({
    queryKey: [...datasetsKey, datasetId, "deleted"],
    queryFn: ({ pageParam }) => listDeletedFiles(datasetId, pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
}
