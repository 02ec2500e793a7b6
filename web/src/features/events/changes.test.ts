import { describe, expect, it } from "vitest";
import { keysOf } from "./changes";

describe("keysOf", () => {
  it("asks for each list once", () => {
    expect(keysOf(["datasets", "public_datasets", "projects", "public_projects"])).toEqual([
      ["datasets"],
      ["projects"],
    ]);
  });

  it("asks for everything when anything may have been missed", () => {
    expect(keysOf(["projects", "all"])).toEqual([[]]);
  });
});
