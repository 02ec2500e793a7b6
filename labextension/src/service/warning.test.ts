import { describe, expect, it } from "vitest";

import { nextStep, Throttle } from "./warning";

describe("nextStep", () => {
  it.each([
    [null, false, "leave"],
    [null, true, "withdraw"],
    [301, false, "leave"],
    [300, false, "warn"],
    [10, true, "update"],
    [900, true, "withdraw"],
  ] as const)("with %s seconds left and a notice: %s", (left, isWarned, step) => {
    expect(nextStep(left, 300, isWarned)).toBe(step);
  });
});

describe("Throttle", () => {
  it("lets the first through, and then one in each span", () => {
    let now = 0;
    const throttle = new Throttle(30, () => now);
    expect(throttle.isDue()).toBe(true);
    now = 29;
    expect(throttle.isDue()).toBe(false);
    now = 30;
    expect(throttle.isDue()).toBe(true);
  });
});
