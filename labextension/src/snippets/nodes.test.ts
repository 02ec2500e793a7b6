import { describe, expect, it } from "vitest";

import type { LibraryGroup, SnippetNode } from "../platform/model";
import {
  countNodes,
  folderChoices,
  searchLibrary,
  searchNotice,
  splitTags,
  titleOf,
} from "./nodes";

const node = (id: number, title: string, children?: SnippetNode[]): SnippetNode =>
  ({ id, title, kind: children ? "folder" : "snippet", children: children ?? [] }) as SnippetNode;

describe("folderChoices", () => {
  it("names folders by their paths, and no snippets", () => {
    const tree = [node(1, "指标", [node(2, "MAD"), node(3, "季节", [])]), node(4, "x")];
    expect(folderChoices(tree, "top")).toEqual([
      { value: "", label: "top" },
      { value: "1", label: "指标" },
      { value: "3", label: "指标 / 季节" },
    ]);
  });
});

describe("what moves and what goes", () => {
  const inner = node(3, "季节", [node(5, "STL")]);
  const tree = [node(1, "指标", [node(2, "MAD"), inner]), node(4, "日志", [])];

  it("offers no folder that would be moved into itself", () => {
    expect(folderChoices(tree, "top", 1).map(({ value }) => value)).toEqual(["", "4"]);
    expect(folderChoices(tree, "top", 3).map(({ value }) => value)).toEqual(["", "1", "4"]);
  });

  it("counts all that a folder holds", () => {
    expect(tree.map(countNodes)).toEqual([4, 1]);
  });
});

describe("searchLibrary", () => {
  const one = {
    ...{ name: "g/a", label_en: "Rolling threshold", label_zh: "滚动阈值" },
    ...{ description_en: "", description_zh: "", tags: ["kpi"], code: "import pandas" },
  };
  const groups = [{ name: "g", label_en: "G", label_zh: "组", snippets: [one] }] as LibraryGroup[];

  it.each(["阈值", "rolling KPI", "PANDAS", ""])("finds it by «%s»", (query) => {
    expect(searchLibrary(groups, query)).toHaveLength(1);
  });

  it("wants every word", () => {
    expect(searchLibrary(groups, "rolling absent")).toEqual([]);
  });
});

describe("searchNotice", () => {
  const none = { words: "mad", items: [], error: null };

  it("says that nothing was found only when the answer is there", () => {
    expect(searchNotice({ ...none, words: "ma" }, "mad", 0)).toBe("busy");
    expect(searchNotice(none, "mad", 0)).toBe("empty");
    expect(searchNotice(none, "mad", 1)).toBeNull();
    expect(searchNotice({ ...none, items: [1] }, "mad", 0)).toBeNull();
  });

  it("says that the search failed, whatever the library has", () => {
    expect(searchNotice({ ...none, error: "away" }, "mad", 3)).toBe("failed");
  });
});

describe("what a new snippet begins with", () => {
  it("takes its title from the first line that says something", () => {
    expect(titleOf("\n\n# Rolling MAD\nx = 1")).toBe("Rolling MAD");
    expect(titleOf("%%time\nx")).toBe("time");
    expect(titleOf("###\n")).toBe("");
  });

  it("takes tags between commas of either language", () => {
    expect(splitTags("a, b，c、 d ;; ")).toEqual(["a", "b", "c", "d"]);
  });
});
