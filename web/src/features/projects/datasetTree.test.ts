import { describe, expect, it } from "vitest";
import { findFile, nodesOf } from "./datasetTree";

const nodes = nodesOf([
  {
    name: "disk",
    children: [
      { name: "io.csv", size_bytes: 30 },
      { name: "old", children: [{ name: "a b.csv", size_bytes: 12 }] },
    ],
  },
  { name: "empty", children: [] },
  { name: "cpu.csv", size_bytes: 5 },
]);

describe("nodesOf", () => {
  it("adds up what folders hold, down to the deepest", () => {
    expect(nodes.map(({ name, sizeBytes, isLeaf }) => [name, sizeBytes, isLeaf])).toEqual([
      ["disk", 42, false],
      ["empty", 0, false],
      ["cpu.csv", 5, true],
    ]);
  });
});

describe("findFile", () => {
  it("finds a node by its path", () => {
    expect(findFile(nodes, "disk/old/a b.csv")?.sizeBytes).toBe(12);
    expect(findFile(nodes, "disk/old")?.isLeaf).toBe(false);
    expect(findFile(nodes, "dis")).toBeUndefined();
  });
});
