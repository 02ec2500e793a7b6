import { describe, expect, it } from "vitest";
import { readNext, signInPathFor } from "./next";

const origin = "https://ops.example";

describe("readNext", () => {
  it.each([
    ["/projects/3?tab=files#top", false],
    ["/account", false],
    ["/hub/api/oauth2/authorize?client_id=x&redirect_uri=%2Fuser%2Fa", true],
    ["/user/alice/lab", true],
    ["/hubble", false],
  ])("follows %s", (path, isFullLoad) => {
    expect(readNext(path, origin)).toEqual({ path, isFullLoad });
  });

  it.each([
    null,
    "",
    "https://evil.example/",
    "//evil.example/",
    "/\\evil.example",
    "/\t/evil.example",
    "/%2e%2e//evil.example",
    "/..//evil.example",
    "javascript:alert(1)",
    "/sign-in?next=/sign-in",
  ])("goes home instead of to %j", (raw) => {
    expect(readNext(raw, origin)).toEqual({ path: "/", isFullLoad: false });
  });
});

describe("signInPathFor", () => {
  const at = (pathname: string, search = "", hash = "") =>
    signInPathFor({ pathname, search, hash });

  it("leads back to where one was", () => {
    expect(at("/")).toBe("/sign-in");
    expect(at("/projects/3", "?a=1", "#b")).toBe("/sign-in?next=%2Fprojects%2F3%3Fa%3D1%23b");
  });

  it("keeps what the hub asks to go back to", () => {
    expect(at("/", "?next=%2Fhub%2Fx")).toBe("/sign-in?next=%2Fhub%2Fx");
  });
});
