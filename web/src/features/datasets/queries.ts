import {
  keepPreviousData,
  skipToken,
  useInfiniteQuery,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import {
  getDataset,
  getDatasetUses,
  listDatasets,
  previewDatasetFile,
  profileDatasetFile,
  type DatasetSort,
} from "@/api/datasets";

export const datasetsKey = ["datasets"] as const;

export interface Listing {
  query: string;
  sort: DatasetSort;
}

export function useDatasets(whose: "mine" | "public", { query, sort }: Listing) {
  return useInfiniteQuery({
    queryKey: [...datasetsKey, "list", whose, query, sort],
    queryFn: ({ pageParam }) => listDatasets({ whose, query, sort, cursor: pageParam }),
    // What is shown stays until the next words are answered.
    placeholderData: keepPreviousData,
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
}

/** The first of one's own data sets. */
export function useMyDatasets({ limit }: { limit: number }) {
  return useQuery({
    queryKey: [...datasetsKey, "mine", limit],
    queryFn: () => listDatasets({ whose: "mine", limit }),
  });
}

/** The first of the public data sets. */
export function usePublicDatasets({ limit }: { limit: number }) {
  return useQuery({
    queryKey: [...datasetsKey, "public", limit],
    queryFn: () => listDatasets({ whose: "public", limit }),
  });
}

export function useDataset(id: number) {
  return useQuery({ queryKey: [...datasetsKey, id], queryFn: () => getDataset(id) });
}

/** Which projects use a data set. */
export function useDatasetUses(id: number) {
  return useQuery({
    queryKey: [...datasetsKey, id, "uses"],
    queryFn: () => getDatasetUses(id),
  });
}

/** A file's details and how it begins; nothing is asked where there is none. */
export function useFilePreview(datasetId: number | null, fileId: number | undefined) {
  return useQuery({
    queryKey: [...datasetsKey, datasetId, "file", fileId],
    queryFn:
      datasetId === null || fileId === undefined
        ? skipToken
        : () => previewDatasetFile(datasetId, fileId),
  });
}

/** What is known of a table's columns; it changes only with the file, which then has a new id. */
export function useFileProfile(
  datasetId: number,
  fileId: number,
  { isWanted }: { isWanted: boolean },
) {
  return useQuery({
    queryKey: ["datasetProfiles", datasetId, fileId],
    queryFn: () => profileDatasetFile(datasetId, fileId),
    enabled: isWanted,
    staleTime: Infinity,
    retry: false,
  });
}

/** Everything that shows data sets asks again. */
export function useDatasetsChanged(): () => Promise<void> {
  const queryClient = useQueryClient();
  return () => queryClient.invalidateQueries({ queryKey: datasetsKey });
}
