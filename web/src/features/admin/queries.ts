import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import {
  getOverview,
  getStorageUsage,
  listAuditEntries,
  listRunningServices,
  type AuditWanted,
} from "@/api/admin";
import { stopService } from "@/api/notebooks";

const adminKey = ["admin"] as const;
/**
 * That a service starts or stops is told at once. What it uses, free space and whether the parts
 * answer are measured when they are asked for: samples, taken again while somebody looks.
 */
const lookEveryMs = 5_000;

export function useOverview() {
  return useQuery({
    queryKey: [...adminKey, "overview"],
    queryFn: getOverview,
    refetchInterval: lookEveryMs,
  });
}

export function useRunningServices() {
  return useInfiniteQuery({
    queryKey: [...adminKey, "services"],
    queryFn: ({ pageParam }) => listRunningServices(pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    refetchInterval: lookEveryMs,
  });
}

export function useStopService() {
  const queryClient = useQueryClient();
  return async (name: string) => {
    await stopService(name);
    await queryClient.invalidateQueries({ queryKey: adminKey });
  };
}

export function useAudit(wanted: Omit<AuditWanted, "cursor">) {
  return useInfiniteQuery({
    queryKey: ["audit", wanted],
    queryFn: ({ pageParam }) => listAuditEntries({ ...wanted, cursor: pageParam }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    placeholderData: (before) => before,
  });
}

export function useStorageUsage(userId: number) {
  return useQuery({ queryKey: ["usage", userId], queryFn: () => getStorageUsage(userId) });
}
