import { describe, expect, it } from "vitest";
import { barsOf, pointsOf } from "./charts";

const box = { width: 100, height: 40 };

describe("barsOf", () => {
  it("gives the tallest bar the whole height, and stands them on the ground", () => {
    expect(barsOf([1, 4], box)).toEqual([
      { x: 0, y: 30, width: 49, height: 10 },
      { x: 50, y: 0, width: 49, height: 40 },
    ]);
  });

  it("shows a count of one beside a million, and nothing for none", () => {
    expect(barsOf([1, 0, 1_000_000], box).map(({ height }) => height)).toEqual([1, 0, 40]);
  });

  it("has no heights where nothing was counted", () => {
    expect(barsOf([0, 0], box).every(({ height }) => height === 0)).toBe(true);
  });
});

describe("pointsOf", () => {
  it("draws from the lowest to the highest value", () => {
    expect(pointsOf([5, 10, 7.5], box)).toBe("0,40 50,0 100,20");
  });

  it("is level for values that are all the same, and for one", () => {
    expect(pointsOf([3, 3], box)).toBe("0,20 100,20");
    expect(pointsOf([3], box)).toBe("0,20");
  });
});
