import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getUsage, listUploads } from "@/api/uploads";

const uploadsKey = ["uploads"] as const;
const usageKey = ["usage"] as const;

/** The caller's uploads to a target that were interrupted; not asked for while files are sent. */
export function useWaitingUploads(target: string, { isWanted }: { isWanted: boolean }) {
  return useQuery({
    queryKey: uploadsKey,
    queryFn: listUploads,
    enabled: isWanted,
    select: (uploads) => uploads.filter((one) => one.target === target),
  });
}

export function useUsage(userId: number) {
  return useQuery({ queryKey: [...usageKey, userId], queryFn: () => getUsage(userId) });
}

/** What shows uploads or usage asks again. */
export function useUploadsChanged(): () => Promise<void> {
  const queryClient = useQueryClient();
  return async () => {
    await queryClient.invalidateQueries({ queryKey: uploadsKey });
    await queryClient.invalidateQueries({ queryKey: usageKey });
  };
}
