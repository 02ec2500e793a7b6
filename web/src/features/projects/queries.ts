import {
  keepPreviousData,
  useInfiniteQuery,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { getProject, listProjects, listStarters, type ProjectsWanted } from "@/api/projects";
import { getPublicProject, listPublicProjects, type PublicWanted } from "@/api/publicProjects";
import type { Page } from "@/api/types";

const projectsKey = ["projects"] as const;
const recentCount = 5;

const paged = {
  initialPageParam: undefined as string | undefined,
  getNextPageParam: (page: Page<unknown>) => page.next_cursor ?? undefined,
  // While a search is typed the list before stands until the next one is there.
  placeholderData: keepPreviousData,
};

export function useProjects(wanted: ProjectsWanted) {
  return useInfiniteQuery({
    queryKey: [...projectsKey, "list", wanted],
    queryFn: ({ pageParam }) => listProjects({ ...wanted, cursor: pageParam }),
    ...paged,
  });
}

export function usePublicProjects(wanted: PublicWanted) {
  return useInfiniteQuery({
    queryKey: [...projectsKey, "public", "list", wanted],
    queryFn: ({ pageParam }) => listPublicProjects({ ...wanted, cursor: pageParam }),
    ...paged,
  });
}

export function useRecentProjects() {
  return useQuery({
    queryKey: [...projectsKey, "recent"],
    queryFn: () => listProjects({ limit: recentCount }),
  });
}

/** What is new in public. */
export function useNewPublicProjects({ limit }: { limit: number }) {
  return useQuery({
    queryKey: [...projectsKey, "public", "new", limit],
    queryFn: () => listPublicProjects({ limit }),
  });
}

export function useProject(id: number) {
  return useQuery({ queryKey: [...projectsKey, id], queryFn: () => getProject(id) });
}

export function usePublicProject(id: number | null) {
  return useQuery({
    queryKey: [...projectsKey, "public", id],
    queryFn: () => getPublicProject(id ?? 0),
    enabled: id !== null,
  });
}

export function useStarters() {
  return useQuery({ queryKey: ["starters"], queryFn: listStarters, staleTime: Infinity });
}

/** Everything that shows projects asks again. */
export function useProjectsChanged(): () => Promise<void> {
  const queryClient = useQueryClient();
  return () => queryClient.invalidateQueries({ queryKey: projectsKey });
}
