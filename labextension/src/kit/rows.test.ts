import { describe, expect, it } from "vitest";

import { seenRows, type Row } from "./rows";

const icon = {} as unknown as Row["icon"];
const row = (key: string, children?: Row[] | null): Row => ({ key, label: key, icon, children });

describe("seenRows", () => {
  const rows = [row("a", [row("a1"), row("a2", [row("a2x")])]), row("b", null)];

  it("shows what is below open rows only, and where it stands", () => {
    const seen = seenRows(rows, new Set(["a", "b"]));
    expect(seen.map((one) => [one.row.key, one.level, one.position, one.count])).toEqual([
      ["a", 1, 1, 2],
      ["a1", 2, 1, 2],
      ["a2", 2, 2, 2],
      ["b", 1, 2, 2],
    ]);
  });

  it("does not open what is inside a closed row", () => {
    expect(seenRows(rows, new Set(["a2"])).map((one) => one.row.key)).toEqual(["a", "b"]);
  });

  it("knows the row above", () => {
    const seen = seenRows(rows, new Set(["a", "a2"]));
    expect(seen.find((one) => one.row.key === "a2x")?.parent).toBe("a2");
  });
});
