// @vitest-environment jsdom
import { describe, expect, it } from "vitest";
import type { Service, ServiceEvent, ServiceState } from "@/api/types";
import { bringUp, StartFailed } from "./bringUp";

function service(state: ServiceState, failure: string | null = null): Service {
  return {
    id: 1,
    name: "alice",
    user_id: 1,
    state,
    flavour: "small",
    failure,
    failure_zh: failure && `（${failure}）`,
    started_at: null,
    last_activity_at: null,
    url: "/user/alice/lab",
    stop_when_idle: false,
    queue_position: null,
  };
}

/** An engine whose stream tells the given events, one after the other. */
function scripted(first: Service, events: ServiceEvent[]) {
  let stops = 0;
  return {
    stopped: () => stops,
    startService: () => Promise.resolve(first),
    watchService: (_name: string, watcher: { onEvent: (event: ServiceEvent) => void }) => {
      queueMicrotask(() => {
        for (const event of events) watcher.onEvent(event);
      });
      return () => {
        stops += 1;
      };
    },
  };
}

describe("bringUp", () => {
  const { signal } = new AbortController();

  it("returns at once when the service runs", async () => {
    const engine = scripted(service("running"), []);
    await expect(bringUp("alice", () => undefined, signal, engine)).resolves.toMatchObject({
      state: "running",
    });
  });

  it("tells every step and waits for the last", async () => {
    const step = {
      service: service("starting"),
      progress: { step: "waiting" as const, percent: 50, message: "half" },
    };
    const engine = scripted(service("starting"), [step, { service: service("running") }]);
    const seen: (number | undefined)[] = [];
    await bringUp("alice", (event) => seen.push(event.progress?.percent), signal, engine);
    expect(seen).toEqual([undefined, 50, undefined]);
  });

  it("throws the service that did not get to run", async () => {
    const failed = service("failed", "disk full");
    const engine = scripted(service("starting"), [{ service: failed }]);
    const start = bringUp("alice", () => undefined, signal, engine);
    await expect(start).rejects.toBeInstanceOf(StartFailed);
    await expect(start).rejects.toMatchObject({ service: failed });
  });

  it("ends the stream when nobody waits any more", async () => {
    const abort = new AbortController();
    const engine = scripted(service("starting"), []);
    const start = bringUp("alice", () => undefined, abort.signal, engine);
    await Promise.resolve();
    await Promise.resolve();
    abort.abort();
    await expect(start).rejects.toThrow("aborted");
    expect(engine.stopped()).toBeLessThanOrEqual(1);
  });
});
