import type { components } from "./schema";
import type { Progress, Service } from "./types";

type Schemas = components["schemas"];
export type ServiceLoad = Schemas["ServiceLoad"];
export type FreePlaces = Schemas["FreePlaces"];
export type Change = Schemas["Change"];

export interface Listener {
  /** What happened before, also while the connection was lost, was not told. */
  onOpen: () => void;
  onService: (service: Service) => void;
  onProgress: (progress: Progress) => void;
  onMetrics: (load: ServiceLoad) => void;
  onFree: (free: FreePlaces) => void;
  onChanged: (change: Change) => void;
  /** The server refused the stream, or went: the browser does not come again by itself. */
  onRefused: () => void;
}

/**
 * What happens, as it happens: one stream for the whole page.
 *
 * The browser connects again by itself when a connection is lost. Returns what ends it.
 */
export function listen(listener: Listener): () => void {
  const source = new EventSource("/api/v1/events");
  const on = (name: string, take: (data: unknown) => void) => {
    source.addEventListener(name, (message: MessageEvent<string>) => {
      take(JSON.parse(message.data));
    });
  };
  on("service", (data) => {
    listener.onService(data as Service);
  });
  on("progress", (data) => {
    listener.onProgress(data as Progress);
  });
  on("metrics", (data) => {
    listener.onMetrics(data as ServiceLoad);
  });
  on("free", (data) => {
    listener.onFree(data as FreePlaces);
  });
  on("changed", (data) => {
    listener.onChanged(data as Change);
  });
  source.onopen = listener.onOpen;
  source.onerror = () => {
    if (source.readyState === EventSource.CLOSED) listener.onRefused();
  };
  return () => {
    source.close();
  };
}
