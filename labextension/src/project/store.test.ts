import type { Contents } from "@jupyterlab/services";
import { describe, expect, it } from "vitest";

import type { PlatformClient } from "../platform/client";
import type { CurrentProject } from "../platform/currentProject";
import type { Project } from "../platform/model";
import { ProjectStore } from "./store";

const project = { id: 1, public_id: null } as Project;

describe("ProjectStore", () => {
  it.each(["share", "publish"] as const)("is busy while it has to %s", async (what) => {
    const asked: string[] = [];
    let refusal: Error | null = null;
    const answer = (path: string): Promise<Project> => {
      asked.push(path);
      return refusal ? Promise.reject(refusal) : Promise.resolve(project);
    };
    const store = new ProjectStore(
      { post: answer, patch: answer } as unknown as PlatformClient,
      {} as Contents.IManager,
      { own: null, show: () => undefined } as unknown as CurrentProject,
    );
    const seen: boolean[] = [];
    store.changed.connect(() => seen.push(store.isBusy));
    const before = (): Promise<void> => {
      asked.push("save");
      return Promise.resolve();
    };
    const run = (): Promise<void> =>
      what === "share" ? store.share(project, "x", before) : store.publish(project, before);

    await run();
    expect(seen.slice(0, 2)).toEqual([true, false]);
    expect(asked[0]).toBe("save");
    refusal = new Error("no");
    await expect(run()).rejects.toBe(refusal);
    expect(store.isBusy).toBe(false);
  });
});
