import { describe, expect, it } from "vitest";
import { percentOf, secondsLeft } from "./progress";

describe("percentOf", () => {
  it("does not say 100 before the end, and copes with nothing to send", () => {
    expect(percentOf(999, 1000)).toBe(99);
    expect(percentOf(1000, 1000)).toBe(100);
    expect(percentOf(0, 0)).toBe(100);
  });
});

describe("secondsLeft", () => {
  it("waits for a measurement before it says something", () => {
    expect(secondsLeft(100, 1000, 200)).toBeNull();
    expect(secondsLeft(0, 1000, 5000)).toBeNull();
  });

  it("goes on at the speed so far", () => {
    expect(secondsLeft(250, 1000, 2000)).toBe(6);
  });
});
