import { describe, expect, it } from "vitest";
import { readingCode } from "./readingCode";

const dataset = (path: string, ...files: string[]) => ({
  path,
  files: files.map((file, id) => ({
    id,
    path: file,
    size_bytes: 1,
    sha256: "",
    number: 1,
    added_by: "alice",
    created_at: "2025-03-10T12:00:00Z",
  })),
});

describe("readingCode", () => {
  it("reads the first table, from where the service has it", () => {
    expect(readingCode(dataset("input/cpu", "README.md", "m/a.csv", "b.csv"))).toBe(
      'pd.read_csv("../../input/cpu/m/a.csv")',
    );
    expect(readingCode(dataset("public/input/日志", "x.parquet"))).toBe(
      'pd.read_parquet("../../public/input/日志/x.parquet")',
    );
  });

  it("knows JSON by the line", () => {
    expect(readingCode(dataset("input/a", "log.jsonl"))).toBe(
      'pd.read_json("../../input/a/log.jsonl", lines=True)',
    );
  });

  it("says nothing where there is no table", () => {
    expect(readingCode(dataset("input/a", "README.md"))).toBeNull();
  });
});
