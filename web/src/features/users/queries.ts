import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { listTokens } from "@/api/auth";
import { listUsers } from "@/api/users";

export const tokensKey = ["tokens"] as const;
const usersKey = ["users"] as const;

export function useTokens() {
  return useInfiniteQuery({
    queryKey: tokensKey,
    queryFn: ({ pageParam }) => listTokens(pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
}

export function useUsers(query: string) {
  return useInfiniteQuery({
    queryKey: [...usersKey, query],
    queryFn: ({ pageParam }) => listUsers(query, pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    placeholderData: (before) => before,
  });
}

export function useUsersChanged(): () => Promise<void> {
  const queryClient = useQueryClient();
  return () => queryClient.invalidateQueries({ queryKey: usersKey });
}
