import { describe, expect, it } from "vitest";
import { splitFailure } from "./failure";

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
