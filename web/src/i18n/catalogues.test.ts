import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { pageCatalogues } from ".";
import { catalogue as en } from "./en";
import { catalogue as zh } from "./zh-CN";

type Texts = Map<string, string>;

function flatten(node: object, prefix = "", into: Texts = new Map()): Texts {
  for (const [key, value] of Object.entries(node) as [string, string | object][]) {
    if (typeof value === "string") into.set(prefix + key, value);
    else flatten(value, `${prefix}${key}.`, into);
  }
  return into;
}

function placeholders(text: string): string[] {
  return [...text.matchAll(/{{(\w+)}}/g)].map(([whole]) => whole).sort();
}

const sourceRoot = join(import.meta.dirname, "..");
const sources = readdirSync(sourceRoot, { recursive: true, encoding: "utf8" })
  .filter((name) => /\.tsx?$/.test(name) && !name.startsWith("i18n") && !name.endsWith("schema.ts"))
  .map((name) => readFileSync(join(sourceRoot, name), "utf8"))
  .join("\n");

async function all(first: object, language: "en" | "zh-CN"): Promise<Texts> {
  const pages = Object.values(pageCatalogues).map((load) => load[language]());
  return flatten(Object.assign({}, first, ...(await Promise.all(pages))) as object);
}

const english = await all(en, "en");
const chinese = await all(zh, "zh-CN");

describe("the catalogues", () => {
  it("have the same keys, but for the form for one", () => {
    const expected = [...english.keys()].filter((key) => !key.endsWith("_one"));
    expect([...chinese.keys()].sort()).toEqual(expected.sort());
  });

  it("fill the same places in both languages", () => {
    const differing = [...chinese].filter(
      ([key, text]) => placeholders(text).join() !== placeholders(english.get(key) ?? "").join(),
    );
    expect(differing).toEqual([]);
  });

  it("hold no empty text", () => {
    expect([...english, ...chinese].filter(([, text]) => text.trim() === "")).toEqual([]);
  });

  it("are Chinese in Chinese", () => {
    const allowed = new Set([
      "admin.services.cpu",
      "common.productName",
      "live.cpu",
      "notebooks.flavour.gpu",
      "upload.sent",
    ]);
    const untranslated = [...chinese].filter(
      ([key, text]) => !allowed.has(key) && !/\p{Script=Han}/u.test(text),
    );
    expect(untranslated).toEqual([]);
  });

  it("hold no text that no page shows", () => {
    // Keys that are put together at run time are written with their whole prefix: `a.b.${x}`.
    const dynamic = [...sources.matchAll(/`([\w.]+\.)\$\{/g)].map(([, prefix]) => prefix ?? "");
    const unused = [...english.keys()].filter((key) => {
      const plain = key.replace(/_(zero|one|other)$/, "");
      return !sources.includes(`"${plain}"`) && !dynamic.some((prefix) => plain.startsWith(prefix));
    });
    expect(unused).toEqual([]);
  });
});
