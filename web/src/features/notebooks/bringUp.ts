import { isSettled, startService, watchService } from "@/api/notebooks";
import type { Service, ServiceEvent } from "@/api/types";

interface Engine {
  startService: typeof startService;
  watchService: typeof watchService;
}

/** A start that ended with anything but a running service. */
export class StartFailed extends Error {
  readonly service: Service;

  constructor(service: Service) {
    super(`the service is ${service.state}`);
    this.service = service;
  }
}

/**
 * Start a service unless it runs, and wait until it does.
 *
 * @throws StartFailed - It stopped or failed on the way.
 */
export async function bringUp(
  name: string,
  onEvent: (event: ServiceEvent) => void,
  signal: AbortSignal,
  engine: Engine = { startService, watchService },
): Promise<Service> {
  const service = await engine.startService(name);
  signal.throwIfAborted();
  onEvent({ service });
  const settled = isSettled(service)
    ? service
    : await waitUntilSettled(name, onEvent, signal, engine);
  if (settled.state !== "running") throw new StartFailed(settled);
  return settled;
}

function waitUntilSettled(
  name: string,
  onEvent: (event: ServiceEvent) => void,
  signal: AbortSignal,
  engine: Engine,
): Promise<Service> {
  return new Promise((resolve, reject) => {
    const stop = engine.watchService(name, {
      onEvent: (event) => {
        onEvent(event);
        if (isSettled(event.service)) resolve(event.service);
      },
      onRefused: () => {
        reject(new Error("the stream was refused"));
      },
    });
    signal.addEventListener("abort", () => {
      stop();
      reject(new DOMException("aborted", "AbortError"));
    });
  });
}
