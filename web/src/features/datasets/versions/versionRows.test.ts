// Requirements: E4, E6
import { describe, expect, it } from "vitest";
import type { FileVersion } from "@/api/types";
import { versionRows } from "./versionRows";

function version(id: number | null, number: number, sha256: string): FileVersion {
  const created = "2026-01-02T03:04:05Z";
  return { id, number, sha256, size_bytes: 1, added_by: "alice", created_at: created };
}

describe("versionRows", () => {
  it("tells the current one from earlier ones, and those of the same content", () => {
    const items = [version(null, 3, "a"), version(7, 2, "b"), version(5, 1, "a")];
    expect(
      versionRows({ items }).map(({ id, isCurrent, isSame }) => [id, isCurrent, isSame]),
    ).toEqual([
      [null, true, false],
      [7, false, false],
      [5, false, true],
    ]);
  });

  it("finds no current one of a deleted file, and nothing that is the same", () => {
    const items = [version(7, 2, "a"), version(5, 1, "a")];
    expect(versionRows({ items }).some(({ isCurrent, isSame }) => isCurrent || isSame)).toBe(false);
  });
});
