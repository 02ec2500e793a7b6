import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

const CATALOGUE = "../src/opsforge/lab/locale/zh_CN/LC_MESSAGES/opsforge.json";
const SAID = /\b__\(\s*"((?:[^"\\]|\\.)*)"/g;

const catalogue = JSON.parse(readFileSync(CATALOGUE, "utf8")) as Record<string, string[]>;
const { "": head, ...words } = catalogue;

function said(): Set<string> {
  const files = readdirSync("src", { recursive: true, encoding: "utf8" });
  const sources = files.filter((file) => /\.tsx?$/.test(file) && !file.endsWith(".test.ts"));
  const texts = sources.map((file) => readFileSync(join("src", file), "utf8"));
  const found = texts.flatMap((text) => [...text.matchAll(SAID)].map((match) => match[1] ?? ""));
  return new Set(found);
}

describe("the Chinese catalogue", () => {
  it("has every sentence that the panels say, and no other", () => {
    expect(Object.keys(words).sort()).toEqual([...said()].sort());
  });

  it("says the same things in the same places", () => {
    const places = (text: string): string[] => (text.match(/%\d/g) ?? []).sort();
    for (const [english, [chinese]] of Object.entries(words)) {
      expect(chinese, english).toBeTruthy();
      expect(places(chinese ?? ""), english).toEqual(places(english));
    }
  });

  it("is one that JupyterLab reads", () => {
    expect(head).toMatchObject({ domain: "opsforge", language: "zh-CN" });
  });
});
