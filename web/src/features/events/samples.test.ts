import { describe, expect, it } from "vitest";
import { keptSamples, plotPoints, withSample, type Sample } from "./samples";

const load = {
  cpu_fraction: 0.5,
  cpu_limit: 1,
  memory_bytes: 1,
  memory_limit_bytes: 2,
  idle_seconds_left: null,
};

describe("withSample", () => {
  it("keeps the newest", () => {
    let samples: Sample[] = [];
    for (let at = 0; at < keptSamples + 5; at += 1) samples = withSample(samples, load, at);
    expect(samples).toHaveLength(keptSamples);
    expect(samples.at(0)?.at).toBe(5);
    expect(samples.at(-1)?.at).toBe(keptSamples + 4);
  });
});

describe("plotPoints", () => {
  it("puts the newest at the right edge, and full at the top", () => {
    expect(plotPoints([0, 1], 59, 20)).toEqual([
      [58, 20],
      [59, 0],
    ]);
  });

  it("leaves out what was not known and cuts off what is beyond the limit", () => {
    expect(plotPoints([null, 2, -1], 59, 20)).toEqual([
      [58, 0],
      [59, 20],
    ]);
  });
});
