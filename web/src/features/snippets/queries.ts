import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { getSnippet, getSnippetTree, listSnippetLibrary, searchSnippets } from "@/api/snippets";
import type { SnippetNode } from "@/api/types";

const snippetsKey = ["snippets"] as const;
const nodeKey = (id: number) => [...snippetsKey, "node", id] as const;

export function useSnippetTree() {
  return useQuery({ queryKey: [...snippetsKey, "tree"], queryFn: getSnippetTree });
}

export function useSnippet(id: number) {
  return useQuery({ queryKey: nodeKey(id), queryFn: () => getSnippet(id) });
}

export function useSnippetSearch(query: string) {
  return useInfiniteQuery({
    queryKey: [...snippetsKey, "search", query],
    queryFn: ({ pageParam }) => searchSnippets(query, pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
}

export function useSnippetLibrary() {
  return useQuery({
    queryKey: ["snippetLibrary"],
    queryFn: listSnippetLibrary,
    staleTime: Infinity,
  });
}

/** Takes what the server answered of a node, and lets everything else about snippets ask again. */
export function useSnippetsChanged(): (changed?: SnippetNode) => Promise<void> {
  const queryClient = useQueryClient();
  return async (changed) => {
    if (changed) queryClient.setQueryData(nodeKey(changed.id), changed);
    await queryClient.invalidateQueries({ queryKey: snippetsKey });
  };
}
