import { describe, expect, it } from "vitest";
import { drawCurve } from "./curve";

describe("drawCurve", () => {
  it("draws the same for the same project and another for another one", () => {
    expect(drawCurve("alice/磁盘", 320, 150)).toEqual(drawCurve("alice/磁盘", 320, 150));
    expect(drawCurve("alice/磁盘", 320, 150)).not.toEqual(drawCurve("bob/磁盘", 320, 150));
  });

  it("stays inside the picture", () => {
    for (const name of ["a", "b", "c", "延迟", "x".repeat(100)]) {
      const points = drawCurve(name, 320, 150).line.match(/[\d.]+,[\d.]+/g) ?? [];
      expect(points).toHaveLength(48);
      for (const point of points) {
        const [x = -1, y = -1] = point.split(",").map(Number);
        expect(x >= 0 && x <= 320 && y > 0 && y < 150).toBe(true);
      }
    }
  });
});
