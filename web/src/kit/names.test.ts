// @vitest-environment jsdom
import { beforeAll, describe, expect, it } from "vitest";
import { startI18n } from "@/i18n";
import { nameFault } from "./names";

beforeAll(startI18n);

describe("nameFault", () => {
  it.each(["metrics", "磁盘延迟", "a b-c_d (2)", "  padded  ", "x".repeat(100)])(
    "takes %j",
    (name) => {
      expect(nameFault(name)).toBeNull();
    },
  );

  it.each(["", "   ", ".hidden", "dot.", "a/b", "a\\b", "a:b", "tab\there", "zero\u200bwidth"])(
    "refuses %j",
    (name) => {
      expect(nameFault(name)).not.toBeNull();
    },
  );

  it("counts bytes as well as characters", () => {
    expect(nameFault("字".repeat(66))).toBeNull();
    expect(nameFault("字".repeat(67))).toContain("66");
    expect(nameFault("x".repeat(101))).toContain("100");
  });
});
