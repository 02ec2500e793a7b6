import { describe, expect, it } from "vitest";
import { fromInput, mergeFiles, proposeName, withoutCommonFolder } from "./collect";

const file = (path: string) => ({ path, file: new File(["x"], path.split("/").at(-1) ?? "") });
const paths = (files: { path: string }[]) => files.map(({ path }) => path);

describe("fromInput", () => {
  it("leaves out what operating systems scatter", () => {
    const files = [new File([], "a.csv"), new File([], ".DS_Store"), new File([], "Thumbs.db")];
    expect(paths(fromInput(files))).toEqual(["a.csv"]);
  });
});

describe("mergeFiles", () => {
  it("keeps a path once and counts the repeats", () => {
    const later = file("a.csv");
    const merged = mergeFiles([file("b.csv"), file("a.csv")], [later, file("sub/a.csv")]);
    expect(paths(merged.files)).toEqual(["a.csv", "b.csv", "sub/a.csv"]);
    expect(merged.duplicates).toBe(1);
    expect(merged.files[0]).toBe(later);
  });
});

describe("a chosen folder", () => {
  const folder = [file("metrics/a.csv"), file("metrics/node/b.csv")];

  it("names the data set and is not repeated in it", () => {
    expect(proposeName(folder)).toBe("metrics");
    expect(paths(withoutCommonFolder(folder))).toEqual(["a.csv", "node/b.csv"]);
  });

  it("stays when there are other files beside it", () => {
    const mixed = [...folder, file("c.csv")];
    expect(proposeName(mixed)).toBe("");
    expect(paths(withoutCommonFolder(mixed))).toEqual(paths(mixed));
  });
});

describe("proposeName", () => {
  it.each([
    ["cpu.csv", "cpu"],
    ["access.log.gz", "access"],
    ["README", "README"],
  ])("takes the stem of the only file %s", (path, name) => {
    expect(proposeName([file(path)])).toBe(name);
  });
});
