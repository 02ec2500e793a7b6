import { describe, expect, it } from "vitest";

import { latest, syncOf } from "./sync";

const own = { public_id: 7, is_moved: false, description: "d" };
const published = { updated_at: "2026-01-01T10:00:00Z", description: "d" };

describe("syncOf", () => {
  it("is unpublished until there is a public project", () => {
    expect(syncOf({ ...own, public_id: null }, null, null)).toBe("unpublished");
    expect(syncOf(own, null, null)).toBe("unpublished");
  });

  it("is current while nothing was written after it was published", () => {
    expect(syncOf(own, published, "2026-01-01T09:59:00Z")).toBe("current");
    expect(syncOf(own, published, "2026-01-01T10:00:00.500Z")).toBe("current");
    expect(syncOf(own, published, null)).toBe("current");
  });

  it("is behind when a file or the description is newer", () => {
    expect(syncOf(own, published, "2026-01-01T10:05:00+00:00")).toBe("behind");
    expect(syncOf({ ...own, description: "new" }, published, null)).toBe("behind");
  });

  it("cannot be behind when the files themselves were moved", () => {
    expect(syncOf({ ...own, is_moved: true }, published, "2030-01-01T00:00:00Z")).toBe("moved");
  });
});

describe("latest", () => {
  it("compares moments, not texts", () => {
    expect(latest(["2026-01-01T12:00:00+02:00", "2026-01-01T11:00:00Z"])).toBe(
      "2026-01-01T11:00:00Z",
    );
    expect(latest([])).toBeNull();
  });
});
