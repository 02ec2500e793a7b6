import { api, unwrap } from "./client";
import type { components } from "./schema";
import type { Flavour, Service, ServiceEvent } from "./types";

export type ServiceStart = Partial<components["schemas"]["ServiceStart"]>;

export function getService(name: string): Promise<Service> {
  return unwrap(api.GET("/api/v1/services/{name}", { params: { path: { name } } }));
}

export function listFlavours(): Promise<Flavour[]> {
  return unwrap(api.GET("/api/v1/services/flavours"));
}

/** Returns at once, with the service starting, running already, or in the queue for a place. */
export function startService(name: string, how: ServiceStart = {}): Promise<Service> {
  return unwrap(
    api.POST("/api/v1/services/{name}/start", { params: { path: { name } }, body: how }),
  );
}

export function stopService(name: string): Promise<Service> {
  return unwrap(api.POST("/api/v1/services/{name}/stop", { params: { path: { name } } }));
}

const settled = new Set<Service["state"]>(["created", "running", "stopped", "failed"]);

export function isSettled(service: Service): boolean {
  return settled.has(service.state);
}

interface Watcher {
  onEvent: (event: ServiceEvent) => void;
  /** The server refused the stream: the session ended, or the service is gone. */
  onRefused: () => void;
}

/**
 * Follow a start or a stop until the service runs, has stopped or has failed.
 *
 * The browser connects again by itself when a connection is lost. Returns what ends it.
 */
export function watchService(name: string, watcher: Watcher): () => void {
  const source = new EventSource(`/api/v1/services/${encodeURIComponent(name)}/events`);
  source.onmessage = (message: MessageEvent<string>) => {
    const event = JSON.parse(message.data) as ServiceEvent;
    if (isSettled(event.service)) source.close();
    watcher.onEvent(event);
  };
  source.onerror = () => {
    if (source.readyState === EventSource.CLOSED) watcher.onRefused();
  };
  return () => {
    source.close();
  };
}
