import { describe, expect, it } from "vitest";

import { formatBytes, formatCores, formatSpan } from "./format";

const trans = {
  __: (text: string, ...given: string[]): string =>
    text.replace(/%(\d)/g, (_, at: string) => given[Number(at) - 1] ?? ""),
};

describe("what people read", () => {
  it.each([
    [0, "0 B"],
    [1023, "1023 B"],
    [1536, "1.5 KB"],
    [2 * 1024 ** 3, "2 GB"],
    [250 * 1024 ** 2, "250 MB"],
  ])("%d bytes", (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });

  it("cores", () => {
    expect([0.04, 0.5, 1, 12.3].map(formatCores)).toEqual(["0", "0.5", "1", "12"]);
  });

  it.each([
    [-3, "0 s"],
    [59.9, "59 s"],
    [60, "1 min"],
    [3600, "1 h 0 min"],
    [5400, "1 h 30 min"],
  ])("%d seconds", (seconds, text) => {
    expect(formatSpan(seconds, trans)).toBe(text);
  });
});
