import { describe, expect, it } from "vitest";
import type { FolderItem } from "@/api/projectFiles";
import { lookOf, nodesOfFolders, type Folder } from "./folderTree";

const item = (path: string, is_folder = false): FolderItem => ({
  path,
  name: path.split("/").at(-1) ?? "",
  is_folder,
  size_bytes: is_folder ? null : 7,
  modified_at: "2025-01-01T00:00:00Z",
});

describe("nodesOfFolders", () => {
  it("shows open folders as far as they are there, and a way to more of them", () => {
    const folders = new Map<string, Folder>([
      ["", { items: [item("src", true), item("old", true), item("a.py")], hasMore: false }],
      ["src", { items: [item("src/b.py"), item("src/deep", true)], hasMore: true }],
      ["src/deep", undefined],
    ]);
    const [src, old, file] = nodesOfFolders(folders);
    expect(src?.children?.map(({ key, kind }) => [key, kind])).toEqual([
      ["src/b.py", "file"],
      ["src/deep", "folder"],
      ["src/", "more"],
    ]);
    expect(src?.children?.[1]?.children?.map(({ kind }) => kind)).toEqual(["loading"]);
    expect(old).toMatchObject({ kind: "folder", isLeaf: false });
    expect(old?.children).toBeUndefined();
    expect(file).toMatchObject({ key: "a.py", isLeaf: true, sizeBytes: 7 });
  });
});

describe("lookOf", () => {
  it.each([
    ["plots/cpu.PNG", "picture"],
    ["a.ipynb", "notebook"],
    ["data/x.csv", "text"],
    ["README", "text"],
    [".gitignore", "text"],
    ["model.pkl", "none"],
    ["csv", "none"],
  ])("looks at %s as %s", (path, look) => {
    expect(lookOf(path)).toBe(look);
  });
});
