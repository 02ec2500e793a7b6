import { describe, expect, it } from "vitest";
import type { SnippetTreeNode } from "@/api/types";
import { countWith, foldersFor, placeAll, placeOfDrop, placeOfStep } from "./placing";

function node(id: number, title: string, children?: SnippetTreeNode[]): SnippetTreeNode {
  return {
    id,
    title,
    kind: children ? "folder" : "snippet",
    parent_id: null,
    description: "",
    language: children ? "" : "python",
    tags: [],
    version: 1,
    created_at: "2025-03-10T12:00:00Z",
    updated_at: "2025-03-10T12:00:00Z",
    children: children ?? [],
  };
}

/** metrics/{plot, deep/{x}}, logs/, note */
const tree = [
  node(1, "metrics", [node(2, "plot"), node(3, "deep", [node(4, "x")])]),
  node(5, "logs", []),
  node(6, "note"),
];
const places = placeAll(tree);

describe("placeOfDrop", () => {
  it("puts a node at the end of a folder", () => {
    expect(placeOfDrop(places, 6, { id: 1, side: "inside" })).toEqual({
      parent_id: 1,
      before_id: null,
    });
  });

  it("puts a node before and behind another, whatever stood between", () => {
    expect(placeOfDrop(places, 6, { id: 1, side: "before" })).toEqual({
      parent_id: null,
      before_id: 1,
    });
    expect(placeOfDrop(places, 1, { id: 5, side: "after" })).toEqual({
      parent_id: null,
      before_id: 6,
    });
    expect(placeOfDrop(places, 6, { id: 3, side: "after" })).toEqual({
      parent_id: 1,
      before_id: null,
    });
  });

  it("refuses a folder in itself and anything in a snippet", () => {
    expect(placeOfDrop(places, 1, { id: 1, side: "inside" })).toBeNull();
    expect(placeOfDrop(places, 1, { id: 3, side: "inside" })).toBeNull();
    expect(placeOfDrop(places, 1, { id: 4, side: "after" })).toBeNull();
    expect(placeOfDrop(places, 5, { id: 6, side: "inside" })).toBeNull();
  });

  it("asks for nothing where the node stands already", () => {
    expect(placeOfDrop(places, 5, { id: 1, side: "after" })).toBeNull();
    expect(placeOfDrop(places, 5, { id: 6, side: "before" })).toBeNull();
    expect(placeOfDrop(places, 4, { id: 3, side: "inside" })).toBeNull();
  });
});

describe("placeOfStep", () => {
  it("goes past one sibling", () => {
    expect(placeOfStep(places, 5, "up")).toEqual({ parent_id: null, before_id: 1 });
    expect(placeOfStep(places, 1, "down")).toEqual({ parent_id: null, before_id: 6 });
  });

  it("stays at the ends", () => {
    expect(placeOfStep(places, 1, "up")).toBeNull();
    expect(placeOfStep(places, 6, "down")).toBeNull();
    expect(placeOfStep(places, 4, "down")).toBeNull();
  });
});

it("counts what a deletion takes", () => {
  expect(countWith(tree[0] ?? node(0, ""))).toEqual({ folders: 2, snippets: 2 });
  expect(countWith(node(9, "alone"))).toEqual({ folders: 0, snippets: 1 });
});

it("offers every folder but those in which the node would be in itself", () => {
  expect(foldersFor(places, 1)).toEqual([{ id: 5, path: ["logs"] }]);
  expect(foldersFor(places, 6).map(({ path }) => path.join("/"))).toEqual([
    "metrics",
    "metrics/deep",
    "logs",
  ]);
});
