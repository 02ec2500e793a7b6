import { describe, expect, it } from "vitest";
import type { CheckedFile, WaitingUpload } from "@/api/uploads";
import { choicesFor, isArchive, matchWaiting, planFiles } from "./plan";

const chosen = (path: string, size = 3) => ({
  path,
  file: new File(["x".repeat(size)], path.split("/").at(-1) ?? "", { lastModified: 7 }),
});
const waiting = (path: string, size = 3): WaitingUpload => ({
  id: path,
  location: `/api/v1/uploads/${path}`,
  target: "datasets/1",
  path,
  size_bytes: size,
  offset_bytes: 1,
  on_clash: "refuse",
  unpack: false,
  last_modified: "7",
  created_at: "2026-01-01T00:00:00Z",
  expires_at: "2026-01-01T00:00:00Z",
});
const checked = (path: string, more: Partial<CheckedFile> = {}): CheckedFile => ({
  path,
  clash: false,
  may_replace: false,
  proposal: null,
  problem: null,
  ...more,
});

describe("matchWaiting", () => {
  it("goes on with the same file only", () => {
    const files = [chosen("a.csv"), chosen("b.csv"), chosen("c.csv", 4)];
    const { begun } = matchWaiting(files, [waiting("a.csv"), waiting("c.csv")]);
    expect([...begun.keys()]).toEqual(["a.csv"]);
  });

  it("finds the files of a folder that was the data set itself", () => {
    const files = [chosen("metrics/a.csv"), chosen("metrics/b/c.csv")];
    const found = matchWaiting(files, [waiting("b/c.csv")]);
    expect(found.files.map(({ path }) => path)).toEqual(["a.csv", "b/c.csv"]);
    expect([...found.begun.keys()]).toEqual(["b/c.csv"]);
  });

  it("keeps the folder when nothing of it was interrupted", () => {
    const files = [chosen("metrics/a.csv")];
    expect(matchWaiting(files, []).files.map(({ path }) => path)).toEqual(["metrics/a.csv"]);
  });
});

describe("planFiles", () => {
  const there = checked("a.csv", { clash: true, may_replace: true, proposal: "a-2.csv" });
  const plan = (choice?: "skip" | "replace" | "rename") =>
    planFiles([chosen("a.csv"), chosen("b.csv")], {
      checked: new Map([["a.csv", there]]),
      choices: choice ? new Map([["a.csv", choice]]) : new Map(),
      unpack: false,
    }).map(({ path, onClash }) => [path, onClash]);

  it("overwrites nothing unasked", () => {
    expect(plan()).toEqual([["b.csv", "refuse"]]);
    expect(plan("skip")).toEqual([["b.csv", "refuse"]]);
  });

  it("replaces and renames what it was told to", () => {
    expect(plan("replace")[0]).toEqual(["a.csv", "replace"]);
    expect(plan("rename")[0]).toEqual(["a-2.csv", "rename"]);
  });

  it("leaves out what can't be sent", () => {
    const problem = { code: "uploads.file_too_large", detail: "too large" };
    const answers = {
      checked: new Map([["a.csv", checked("a.csv", { problem })]]),
      choices: new Map(),
      unpack: false,
    };
    expect(planFiles([chosen("a.csv")], answers)).toEqual([]);
  });

  it("unpacks archives only, and only when asked", () => {
    const files = [chosen("a.tar.gz"), chosen("b.csv")];
    const answers = { checked: new Map(), choices: new Map(), unpack: true };
    expect(planFiles(files, answers).map(({ unpack }) => unpack)).toEqual([true, false]);
    expect(isArchive("x.TGZ")).toBe(true);
    expect(isArchive("x.gz")).toBe(false);
  });
});

describe("choicesFor", () => {
  it("does not offer to replace a folder", () => {
    expect(choicesFor(checked("a", { clash: true, proposal: "a-2" }))).toEqual(["skip", "rename"]);
    expect(choicesFor(checked("a/b", { clash: true }))).toEqual(["skip"]);
  });
});
