import { describe, expect, it } from "vitest";
import type { FolderItem } from "@/api/types";
import { groupPages, treeOf, type TreeItem } from "./folderPages";

function item(path: string, isFolder = false): FolderItem {
  return {
    name: path.split("/").at(-1) ?? path,
    path,
    is_folder: isFolder,
    size_bytes: 1,
    modified_at: "2025-03-10T12:00:00Z",
    file_count: isFolder ? 2 : null,
    file_id: isFolder ? null : 1,
  };
}

function outline(items: readonly TreeItem[] | undefined): unknown {
  return items?.map(({ name, kind, children }) => {
    if (kind === "folder") return [name, outline(children)];
    return kind === "file" ? name : kind;
  });
}

const top = { items: [item("m", true), item("a.csv")], next_cursor: "c1" };

describe("the tree of the folders that were opened", () => {
  it("has nothing below a folder that nobody opened, and an item where there is more", () => {
    const tree = treeOf(groupPages([{ path: "" }], [top]));
    expect(outline(tree)).toEqual([["m", undefined], "a.csv", "more"]);
    expect(tree?.at(-1)?.next).toEqual({ path: "", cursor: "c1" });
  });

  it("puts pages of a folder behind one another, whenever they were asked for", () => {
    const wanted = [{ path: "" }, { path: "m" }, { path: "", cursor: "c1" }];
    const answers = [top, { items: [item("m/x")] }, { items: [item("z.csv")] }];
    expect(outline(treeOf(groupPages(wanted, answers)))).toEqual([["m", ["x"]], "a.csv", "z.csv"]);
  });

  it("says where it still waits", () => {
    const wanted = [{ path: "" }, { path: "m" }];
    expect(outline(treeOf(groupPages(wanted, [top, undefined])))).toEqual([
      ["m", ["waiting"]],
      "a.csv",
      "more",
    ]);
  });
});
