// Requirements: C4, C5, C6
import { useQuery, useQueryClient, type QueryClient } from "@tanstack/react-query";
import {
  getService,
  isSettled,
  listFlavours,
  startService,
  stopService,
  type ServiceStart,
} from "@/api/notebooks";
import type { Service, ServiceEvent } from "@/api/types";
import { useServiceName } from "@/features/auth/session";

export const serviceKey = (name: string) => ["service", name] as const;
export const flavoursKey = ["flavours"] as const;
const askAgainMs = 10_000;

export function useFlavours() {
  return useQuery({ queryKey: flavoursKey, queryFn: listFlavours });
}

function lookAgainAfter(service: Service | undefined): number | false {
  // Should the stream be broken just then.
  return service && !isSettled(service) ? askAgainMs : false;
}

/** The signed-in user's service; the page's event stream says what becomes of it. */
export function useMyService() {
  const name = useServiceName();
  const queryClient = useQueryClient();
  return useQuery({
    queryKey: serviceKey(name),
    queryFn: async (): Promise<ServiceEvent> => {
      const service = await getService(name);
      // The stream may have told a step of the start while this was on its way.
      return withStep({ service }, queryClient.getQueryData(serviceKey(name)));
    },
    refetchInterval: ({ state }) => lookAgainAfter(state.data?.service),
  });
}

/** Its state and the steps of its start come apart: what the steps say goes with the start. */
function withStep(event: ServiceEvent, before: ServiceEvent | undefined): ServiceEvent {
  const progress = event.service.state === "starting" ? before?.progress : undefined;
  return { progress, ...event };
}

/** Show a service as it is now. */
export function storeService(queryClient: QueryClient, event: ServiceEvent): void {
  queryClient.setQueryData<ServiceEvent>(serviceKey(event.service.name), (before) =>
    withStep(event, before),
  );
  if (isSettled(event.service)) void queryClient.invalidateQueries({ queryKey: flavoursKey });
}

export function useServiceActions(name: string) {
  const queryClient = useQueryClient();
  return {
    start: async (how: ServiceStart): Promise<Service> => {
      try {
        const service = await startService(name, how);
        storeService(queryClient, { service });
        return service;
      } catch (thrown) {
        // Something else may be free than what was shown.
        void queryClient.invalidateQueries({ queryKey: flavoursKey });
        throw thrown;
      }
    },
    stop: async (): Promise<Service> => {
      const service = await stopService(name);
      storeService(queryClient, { service });
      return service;
    },
  };
}
