import { describe, expect, it } from "vitest";
import { readSelection, writeSelection, type Selection } from "./selection";

const selections: Selection[] = [
  { kind: "none" },
  { kind: "node", id: 7 },
  { kind: "library", name: "metrics/forecast" },
  { kind: "new", what: "folder", parentId: null },
  { kind: "new", what: "snippet", parentId: 3 },
];

describe("the address of a selection", () => {
  it.each(selections)("is read as it was written: %j", (selection) => {
    expect(readSelection(new URLSearchParams(writeSelection(selection)))).toEqual(selection);
  });

  it.each(["id=0", "id=-1", "id=x", "id=1e3", "new=project", "id=9999999999999999999"])(
    "selects nothing for what is no selection: %s",
    (address) => {
      expect(readSelection(new URLSearchParams(address))).toEqual({ kind: "none" });
    },
  );
});
