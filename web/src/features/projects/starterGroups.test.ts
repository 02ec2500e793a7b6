import { describe, expect, it } from "vitest";
import type { Starter } from "@/api/types";
import { categoriesOf, exampleOf, lacksDataset } from "./starterGroups";

const starter = (name: string, more: Partial<Starter> = {}): Starter =>
  ({ name, needs_dataset: false, dataset: null, ...more }) as Starter;
const logs = { category: "logs", category_en: "Logs", category_zh: "日志" };
const starters = [
  starter("blank", { category: "start", category_en: "Start here", category_zh: "入门" }),
  starter("explore", { needs_dataset: true, ...logs }),
  starter("cluster", { needs_dataset: true, dataset: { name: "hdfs", id: 4 }, ...logs }),
  starter("gone", { needs_dataset: true, dataset: { name: "hdfs", id: null }, ...logs }),
];

describe("categoriesOf", () => {
  it("names each once, in the order of the starters and in the language", () => {
    expect(categoriesOf(starters, "en").map(({ label }) => label)).toEqual(["Start here", "Logs"]);
    expect(categoriesOf(starters, "zh-CN")[1]).toEqual({ name: "logs", label: "日志" });
  });
});

describe("exampleOf", () => {
  it("is there only if it can be linked", () => {
    expect(exampleOf(starters, "cluster")).toBe("hdfs");
    expect(exampleOf(starters, "gone")).toBeNull();
    expect(exampleOf(starters, "blank")).toBeNull();
  });
});

describe("lacksDataset", () => {
  it.each([
    ["blank", [], true, false],
    ["explore", [], true, true],
    ["explore", [3], true, false],
    ["cluster", [], true, false],
    ["cluster", [], false, true],
    ["gone", [], true, true],
  ])("%s with %j, example %s: %s", (name, dataset_ids, link_example, lacks) => {
    expect(lacksDataset(starters, { starter: name, dataset_ids, link_example })).toBe(lacks);
  });
});
