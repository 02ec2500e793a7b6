import { describe, expect, it } from "vitest";
import { formatBytes, formatDuration, formatRelative } from "./format";

describe("formatBytes", () => {
  it.each([
    [0, "0 B"],
    [1023, "1,023 B"],
    [1536, "1.5 KiB"],
    [10 * 1024 ** 2, "10 MiB"],
    [3 * 1024 ** 3, "3 GiB"],
  ])("writes %d as %s", (bytes, text) => {
    expect(formatBytes(bytes, "en")).toBe(text);
  });
});

describe("formatRelative", () => {
  const now = new Date("2025-03-10T12:00:00Z");
  it.each([
    ["2025-03-10T11:59:40Z", "now", "现在"],
    ["2025-03-10T09:00:00Z", "3 hours ago", "3小时前"],
    ["2025-03-09T11:00:00Z", "yesterday", "昨天"],
    ["2025-02-20T12:00:00Z", "2 weeks ago", "2周前"],
  ])("writes %s in both languages", (moment, en, zh) => {
    expect(formatRelative(new Date(moment), now, "en")).toBe(en);
    expect(formatRelative(new Date(moment), now, "zh-CN")).toBe(zh);
  });
});

describe("formatDuration", () => {
  it("shows the two largest units and never nothing", () => {
    expect(formatDuration(75, "en")).toBe("1 min 15 sec");
    expect(formatDuration(7322, "en")).toBe("2 hr 2 min");
    expect(formatDuration(0.2, "en")).toBe("1 sec");
  });
});
