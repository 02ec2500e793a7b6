// Requirements: C5, D10, D11
import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useState } from "react";
import { asProblem, type ApiProblem } from "@/api/problems";
import type { Progress, Service } from "@/api/types";
import { useServiceName } from "@/features/auth/session";
import { bringUp, StartFailed } from "./bringUp";
import { serviceKey } from "./service";

export type Opening =
  | { phase: "checking" }
  | { phase: "starting"; step: Progress | null | undefined }
  | { phase: "leaving" }
  /** A service that did not get to run, or what else was refused. */
  | { phase: "failed"; cause: Service | ApiProblem };

/**
 * Start the caller's service if need be, then go to an address in it.
 *
 * @param findAddress - Finds the address in the service of this name; the same function at each call.
 */
export function useOpening(findAddress: (serviceName: string) => Promise<string>): {
  opening: Opening;
  retry: () => void;
} {
  const serviceName = useServiceName();
  const queryClient = useQueryClient();
  const [opening, setOpening] = useState<Opening>({ phase: "checking" });
  const [attempt, setAttempt] = useState(0);

  useEffect(() => {
    const abort = new AbortController();
    const open = async () => {
      await bringUp(
        serviceName,
        (event) => {
          queryClient.setQueryData(serviceKey(serviceName), event);
          if (event.service.state !== "running") {
            setOpening({ phase: "starting", step: event.progress });
          }
        },
        abort.signal,
      );
      setOpening({ phase: "leaving" });
      const url = await findAddress(serviceName);
      if (abort.signal.aborted) return;
      if (url === window.location.href) window.location.reload();
      else window.location.assign(url);
    };
    open().catch((thrown: unknown) => {
      if (abort.signal.aborted) return;
      const cause = thrown instanceof StartFailed ? thrown.service : asProblem(thrown);
      setOpening({ phase: "failed", cause });
    });
    return () => {
      abort.abort();
    };
  }, [findAddress, serviceName, queryClient, attempt]);

  const retry = useCallback(() => {
    setOpening({ phase: "checking" });
    setAttempt((before) => before + 1);
  }, []);
  return { opening, retry };
}
