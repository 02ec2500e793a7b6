import { describe, expect, it } from "vitest";

import { pythonString, readCode, variableOf, withLink } from "./reads";

describe("readCode", () => {
  it.each([
    ["../../input/m/cpu.csv", 'cpu = pd.read_csv("../../input/m/cpu.csv")'],
    ["a/x.csv.gz", 'x = pd.read_csv("a/x.csv.gz")'],
    ["a/x.tsv", 'x = pd.read_csv("a/x.tsv", sep="\\t")'],
    ["a/logs.jsonl", 'logs = pd.read_json("a/logs.jsonl", lines=True)'],
    ["a/x.parquet", 'x = pd.read_parquet("a/x.parquet")'],
    ["a/x.npy", 'x = np.load("a/x.npy")'],
    ["a/app.log", 'app = Path("a/app.log").read_text(encoding="utf-8")'],
    ["a/model.bin", 'model = Path("a/model.bin").read_bytes()'],
    ["a/plot.png", 'plt.imshow(plt.imread("a/plot.png"))'],
  ])("reads %s as what it is", (path, line) => {
    expect(readCode(path).split("\n")).toContain(line);
  });

  it("quotes what a name can hold", () => {
    expect(pythonString('a"b\\c.csv')).toBe('"a\\"b\\\\c.csv"');
    expect(readCode("in/$&.csv")).toContain('pd.read_csv("in/$&.csv")');
  });
});

describe("variableOf", () => {
  it.each([
    ["a/cpu-usage.2024.csv", "cpu_usage"],
    ["2024.csv", "data_2024"],
    ["指标.csv", "指标"],
    ["class.csv", "data"],
    ["pd.csv", "data"],
    [".csv", "data"],
  ])("names the content of %s", (path, name) => {
    expect(variableOf(path)).toBe(name);
  });
});

describe("withLink", () => {
  it("adds a data set once and leaves out those that were deleted", () => {
    expect(withLink([{ id: 1 }, { id: null }], 2)).toEqual([1, 2]);
    expect(withLink([{ id: 1 }, { id: 2 }], 2)).toEqual([1, 2]);
  });
});
