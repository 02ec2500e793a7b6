import { describe, expect, it } from "vitest";
import { sortDeletions } from "./deletions";

describe("sortDeletions", () => {
  it("tells what went, what was refused and why, and what computed", () => {
    const kernel = { kernel_id: "k1", path: "work/a/a.ipynb" };
    const sorted = sortDeletions(
      [
        { id: 1, is_deleted: true, name: "a", in_use: [kernel] },
        { id: 2, is_deleted: false, code: "storage.busy", detail: "Try again.", in_use: [] },
        { id: 3, is_deleted: false, code: "request.not_found", detail: "Gone." },
      ],
      new Map([[2, "b"]]),
    );
    expect(sorted).toEqual({
      deleted: ["a"],
      refused: [
        { name: "b", reason: "Try again." },
        { name: "3", reason: "Gone." },
      ],
      inUse: ["work/a/a.ipynb"],
    });
  });
});
