import { describe, expect, it } from "vitest";

import { wantedLocale } from "./locale";
import { placeOf, relativePath } from "./places";

describe("placeOf", () => {
  it("finds the project of a notebook and of a folder", () => {
    const own = { path: "work/alerts", name: "alerts", isPublic: false };
    expect(placeOf("work/alerts/alerts.ipynb")).toEqual(own);
    expect(placeOf("RTC:work/alerts/sub/x.py")).toEqual(own);
    expect(placeOf("/work/alerts")).toEqual(own);
    expect(placeOf("public/work/告警/a.ipynb")).toEqual({
      path: "public/work/告警",
      name: "告警",
      isPublic: true,
    });
  });

  it.each(["", "work", "work/", "input/x/a.csv", "home/work/x/a.ipynb", "workshop/x/y"])(
    "finds none for «%s»",
    (path) => {
      expect(placeOf(path)).toBeNull();
    },
  );
});

describe("relativePath", () => {
  it.each([
    ["work/p/p.ipynb", "input/m/cpu.csv", "../../input/m/cpu.csv"],
    ["work/p/sub/x.ipynb", "input/m/cpu.csv", "../../../input/m/cpu.csv"],
    ["public/work/p/p.ipynb", "public/input/m/a.csv", "../../input/m/a.csv"],
    ["work/p/p.ipynb", "public/input/m/a.csv", "../../public/input/m/a.csv"],
    ["top.ipynb", "input/m/cpu.csv", "input/m/cpu.csv"],
    ["", "input/m/cpu.csv", "input/m/cpu.csv"],
    ["input/m/readme.md", "input/m/cpu.csv", "cpu.csv"],
  ])("from %s to %s", (document, target, path) => {
    expect(relativePath(document, target)).toBe(path);
  });
});

describe("wantedLocale", () => {
  it.each([
    [["zh-CN", "en"], "zh_CN"],
    [["fr", "zh"], "zh_CN"],
    [["en-GB", "zh-CN"], null],
    [["de"], null],
    [[], null],
  ])("of a browser that speaks %j", (languages, locale) => {
    expect(wantedLocale(languages)).toBe(locale);
  });
});
