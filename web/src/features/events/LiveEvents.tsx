// Requirements: C4
import { useQueryClient, type Query, type QueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { getSession } from "@/api/auth";
import { listen, type Change } from "@/api/live";
import type { ServiceEvent } from "@/api/types";
import { sessionEndedKey, sessionKey, useServiceName } from "@/features/auth/session";
import { flavoursKey, serviceKey, storeService } from "@/features/notebooks/service";
import { keysOf } from "./changes";
import { loadKey } from "./load";
import { withSample, type Sample } from "./samples";

const gatherMs = 400;
const comeAgainMs = 3_000;

/** Keeps what the page shows up to date, by one stream, as long as it is there. */
export function LiveEvents() {
  const queryClient = useQueryClient();
  const name = useServiceName();
  useEffect(() => follow(queryClient, name), [queryClient, name]);
  return null;
}

function follow(queryClient: QueryClient, name: string): () => void {
  const doubts = gather((kinds) => {
    // A list that is asked again forgets the page that it was about to bring: that comes first.
    if (queryClient.isFetching({ predicate: bringsPage }) > 0) {
      kinds.forEach(doubts.add);
      return;
    }
    for (const queryKey of keysOf(kinds)) {
      void queryClient.invalidateQueries({
        queryKey,
        // Who is signed in, the stream itself knows.
        predicate: (query) => query.queryKey[0] !== sessionKey[0],
      });
    }
  });
  let timer: number | undefined;
  let stop: () => void = () => undefined;
  const begin = () => {
    stop = listen({
      onOpen: () => {
        doubts.add("all");
      },
      onService: (service) => {
        storeService(queryClient, { service });
        if (service.state !== "running") queryClient.setQueryData(loadKey, []);
      },
      onProgress: (progress) => {
        queryClient.setQueryData<ServiceEvent>(
          serviceKey(name),
          (before) => before && { ...before, progress },
        );
      },
      onMetrics: (load) => {
        queryClient.setQueryData<Sample[]>(loadKey, (before = []) =>
          withSample(before, load, Date.now()),
        );
      },
      onFree: ({ flavours }) => {
        queryClient.setQueryData(flavoursKey, flavours);
      },
      onChanged: ({ kind }) => {
        doubts.add(kind);
      },
      onRefused: () => {
        void noticeEnd(queryClient);
        timer = window.setTimeout(begin, comeAgainMs);
      },
    });
  };
  const pause = () => {
    window.clearTimeout(timer);
    stop();
  };
  // A browser keeps six connections to one place: tabs that nobody looks at must not take them.
  const onVisibility = () => {
    pause();
    if (document.visibilityState === "visible") begin();
  };
  document.addEventListener("visibilitychange", onVisibility);
  onVisibility();
  return () => {
    document.removeEventListener("visibilitychange", onVisibility);
    doubts.end();
    pause();
  };
}

function bringsPage(query: Query): boolean {
  return query.state.fetchMeta?.fetchMore !== undefined;
}

/** The stream is refused to whom the session has ended. */
async function noticeEnd(queryClient: QueryClient): Promise<void> {
  const session = await getSession().catch(() => undefined);
  if (session !== null || !queryClient.getQueryData(sessionKey)) return;
  queryClient.setQueryData(sessionEndedKey, true);
  queryClient.setQueryData(sessionKey, null);
}

/** Hints come in crowds: one question for all that come within a moment. */
function gather(ask: (kinds: Set<Change["kind"]>) => void) {
  let kinds = new Set<Change["kind"]>();
  let timer: number | undefined;
  return {
    add: (kind: Change["kind"]) => {
      kinds.add(kind);
      timer ??= window.setTimeout(() => {
        const gathered = kinds;
        kinds = new Set();
        timer = undefined;
        ask(gathered);
      }, gatherMs);
    },
    end: () => {
      window.clearTimeout(timer);
    },
  };
}
