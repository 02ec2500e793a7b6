import { QueryClient } from "@tanstack/react-query";
import { asProblem } from "@/api/problems";

/** A refusal won't change by asking again; an engine or a network that is away may come back. */
function mayRetry(failures: number, error: Error): boolean {
  const { status } = asProblem(error);
  return failures < 2 && (status === 0 || status === 503);
}

export const queryClient = new QueryClient({
  defaultOptions: { queries: { retry: mayRetry, staleTime: 5_000 } },
});
