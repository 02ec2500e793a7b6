// Requirements: B5, C6
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { signOut, type WhenBusy } from "@/api/auth";
import { asProblem, type ApiProblem } from "@/api/problems";
import type { BusyKernel } from "@/api/types";
import { sessionKey } from "./session";
import { notify } from "@/kit/notices";

function busyKernels(problem: ApiProblem): BusyKernel[] | null {
  if (problem.status !== 423) return null;
  const kernels = problem.document.busy_kernels;
  return Array.isArray(kernels) ? (kernels as BusyKernel[]) : [];
}

/** Sign out; when kernels compute, or the service does not say, ask what shall become of them. */
export function useSignOut() {
  const queryClient = useQueryClient();
  const [busy, setBusy] = useState<BusyKernel[] | null>(null);
  const [running, setRunning] = useState<WhenBusy | null>(null);

  const leave = async (whenBusy: WhenBusy) => {
    setRunning(whenBusy);
    try {
      await signOut(whenBusy);
      setBusy(null);
      queryClient.clear();
      queryClient.setQueryData(sessionKey, null);
      // A fresh page: nothing of this user stays in the browser's memory.
      window.location.assign("/sign-in");
    } catch (thrown) {
      const problem = asProblem(thrown);
      const kernels = busyKernels(problem);
      if (kernels) setBusy(kernels);
      else notify.error(problem.message);
    } finally {
      setRunning(null);
    }
  };

  return {
    busy,
    running,
    ask: () => leave("refuse"),
    leave,
    cancel: () => {
      setBusy(null);
    },
  };
}

export type SignOut = ReturnType<typeof useSignOut>;
