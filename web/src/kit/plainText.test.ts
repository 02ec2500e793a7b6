import { describe, expect, it } from "vitest";
import { plainText } from "./plainText";

describe("the words of a Markdown text", () => {
  it.each([
    ["Which **regions** are *slow*, since `v2`.", "Which regions are slow, since v2."],
    ["# Disks\n\n- sda\n- [sdb](https://example.com)\n\n> full", "Disks sda sdb full"],
    ["1. 指标\n2. 日志", "指标 日志"],
    ["read_csv_file of cpu_load * 2, a*b", "read_csv_file of cpu_load * 2, a*b"],
    ["", ""],
  ])("of %j are %j", (markdown, words) => {
    expect(plainText(markdown)).toBe(words);
  });
});
