import { describe, expect, it } from "vitest";
import { beginOf } from "./actions";

describe("beginOf", () => {
  const now = new Date("2026-03-02T10:20:30.400Z");

  it("counts back from now, to the minute", () => {
    expect(beginOf("hour", now)).toBe("2026-03-02T09:20:00.000Z");
    expect(beginOf("week", now)).toBe("2026-02-23T10:20:00.000Z");
  });

  it("has no begin for all times", () => {
    expect(beginOf("all", now)).toBeUndefined();
  });
});
