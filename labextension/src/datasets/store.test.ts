import type { Contents } from "@jupyterlab/services";
import { describe, expect, it } from "vitest";

import type { PlatformClient } from "../platform/client";
import type { CurrentProject } from "../platform/currentProject";
import { DatasetStore } from "./store";

/** A store over folders that can be changed, or away. */
function desk() {
  const folders: Record<string, string[]> = { "input/m": ["a.csv"], "input/n": [] };
  const asked: string[] = [];
  const waits: Promise<void>[] = [];
  const contents = {
    get: async (path: string) => {
      asked.push(path);
      const names = folders[path];
      await waits.shift();
      return names
        ? Promise.resolve({ content: names.map((name) => ({ path: `${path}/${name}`, name })) })
        : Promise.reject(new Error("gone"));
    },
  };
  const client = { get: () => Promise.resolve({ items: [] }) };
  const store = new DatasetStore(
    client as unknown as PlatformClient,
    contents as unknown as Contents.IManager,
    { found: { kind: "none" } } as unknown as CurrentProject,
  );
  const names = (path: string): unknown => {
    const entries = store.entries(path);
    return Array.isArray(entries) ? entries.map((one) => one.name) : entries;
  };
  return { store, folders, asked, waits, names };
}

describe("DatasetStore", () => {
  it("reads what is open again when it is refreshed, and nothing else", async () => {
    const { store, folders, asked, names } = desk();
    await store.open("input/m");
    await store.open("input/n");
    store.close("input/n");
    folders["input/m"] = ["a.csv", "b.csv"];
    asked.length = 0;
    const refreshed = store.refresh();
    expect(names("input/m")).toEqual(["a.csv"]);
    await refreshed;
    expect(names("input/m")).toEqual(["a.csv", "b.csv"]);
    expect(asked).toEqual(["input/m"]);
  });

  it("says that a folder loads, and that it could not be read, until it can", async () => {
    const { store, folders, names } = desk();
    const opened = store.open("input/x");
    expect(names("input/x")).toBe("loading");
    await opened;
    expect(names("input/x")).toBe("failed");
    folders["input/x"] = ["c.csv"];
    await store.open("input/x");
    expect(names("input/x")).toEqual(["c.csv"]);
  });

  it("shows the answer to the later of two questions, whichever comes first", async () => {
    const { store, folders, waits, names } = desk();
    await store.open("input/m");
    let answer: () => void = () => undefined;
    waits.push(new Promise((resolve) => (answer = resolve)));
    const earlier = store.refresh();
    await new Promise((resolve) => setTimeout(resolve)); // The first question is on its way.
    delete folders["input/m"];
    await store.refresh();
    expect(names("input/m")).toBe("failed");
    answer();
    await earlier;
    expect(names("input/m")).toBe("failed");
  });

  it("forgets a folder that is closed while it loads", async () => {
    const { store } = desk();
    const opened = store.open("input/m");
    store.close("input/m");
    await opened;
    expect(store.entries("input/m")).toBeUndefined();
  });
});
