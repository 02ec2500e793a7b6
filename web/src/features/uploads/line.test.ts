import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Line } from "./line";

const listeners = new Map<string, () => void>();

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("window", {
    addEventListener: (name: string, listener: () => void) => listeners.set(name, listener),
    removeEventListener: (name: string) => listeners.delete(name),
  });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function open() {
  const wishes = { onLost: vi.fn(), onTry: vi.fn() };
  const line = new Line(wishes);
  line.listen();
  return { line, ...wishes };
}

describe("Line", () => {
  it("is tried after longer and longer pauses", () => {
    const { line, onTry } = open();
    for (const pauseMs of [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]) {
      line.lose();
      line.lose();
      vi.advanceTimersByTime(pauseMs - 1);
      expect(line.isWaiting).toBe(true);
      const before = onTry.mock.calls.length;
      vi.advanceTimersByTime(1);
      expect(onTry).toHaveBeenCalledTimes(before + 1);
      expect([line.isLost, line.isWaiting]).toEqual([true, false]);
    }
    line.found();
    line.lose();
    vi.advanceTimersByTime(1_000);
    expect(onTry).toHaveBeenCalledTimes(8);
  });

  it("is tried at once when the browser is online again, and not when it was never lost", () => {
    const { line, onLost, onTry } = open();
    listeners.get("online")?.();
    expect(onTry).not.toHaveBeenCalled();
    listeners.get("offline")?.();
    expect(onLost).toHaveBeenCalledOnce();
    line.lose();
    listeners.get("online")?.();
    expect(onTry).toHaveBeenCalledOnce();
    vi.advanceTimersByTime(60_000);
    expect(onTry).toHaveBeenCalledOnce();
  });

  it("is left alone when nothing is sent any more", () => {
    const { line, onTry } = open();
    line.lose();
    line.close();
    vi.advanceTimersByTime(60_000);
    expect(onTry).not.toHaveBeenCalled();
    expect(listeners.size).toBe(0);
  });
});
