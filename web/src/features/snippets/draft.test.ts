import { describe, expect, it } from "vitest";
import type { SnippetNode } from "@/api/types";
import { changesOf, draftOf, requestOf } from "./draft";

const saved: SnippetNode = {
  id: 1,
  kind: "snippet",
  parent_id: null,
  title: "plot",
  description: "",
  language: "python",
  tags: ["a", "b"],
  code: "x = 1\n",
  version: 4,
  created_at: "2025-03-10T12:00:00Z",
  updated_at: "2025-03-10T12:00:00Z",
  path: [],
};

describe("changesOf", () => {
  it("finds nothing in what was not changed", () => {
    expect(changesOf(draftOf(saved), draftOf(saved))).toEqual({});
  });

  it("finds a removed tag and an emptied description", () => {
    const draft = { ...draftOf({ ...saved, description: "old" }), tags: ["a"], description: "" };
    expect(changesOf(draft, draftOf({ ...saved, description: "old" }))).toEqual({
      tags: ["a"],
      description: "",
    });
  });
});

it("sends the version that was changed, and only what changed", () => {
  expect(requestOf({ ...draftOf(saved), code: "x = 2\n" }, saved)).toEqual({
    version: 4,
    code: "x = 2\n",
  });
});
