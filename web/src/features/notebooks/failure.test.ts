import { describe, expect, it } from "vitest";
import type { Service } from "@/api/types";
import { failureIn, splitFailure } from "./failure";

describe("failureIn", () => {
  it("is in the reader's language, and empty where none is known", () => {
    const failed = { failure: "disk full", failure_zh: "磁盘已满" } as Service;
    expect([failureIn(failed, "en"), failureIn(failed, "zh-CN")]).toEqual([
      "disk full",
      "磁盘已满",
    ]);
    expect(failureIn({ ...failed, failure: null }, "en")).toBe("");
  });
});

describe("splitFailure", () => {
  it("keeps the reason apart from the end of the log", () => {
    expect(
      splitFailure("the server ended with 1. It said last:\nTraceback\n  OSError: no space\n"),
    ).toEqual({
      reason: "the server ended with 1.",
      log: "Traceback\n  OSError: no space",
    });
  });

  it("takes a reason without a log", () => {
    expect(splitFailure("no space left on device")).toEqual({
      reason: "no space left on device",
      log: "",
    });
  });
});
