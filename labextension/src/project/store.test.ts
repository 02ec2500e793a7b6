import type { Contents } from "@jupyterlab/services";
import { describe, expect, it } from "vitest";

import type { PlatformClient } from "../platform/client";
import type { CurrentProject } from "../platform/currentProject";
import type { Project, PublicProject } from "../platform/model";
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

  it("shows the answer to the later of two questions, whichever comes first", async () => {
    const answers: ((copy: PublicProject) => void)[] = [];
    const shared = { id: 1, path: "work/x", public_id: 2 } as Project;
    const store = new ProjectStore(
      {
        get: () => new Promise<PublicProject>((resolve) => answers.push(resolve)),
      } as unknown as PlatformClient,
      { get: () => Promise.resolve({ content: [] }) } as unknown as Contents.IManager,
      { own: shared, show: () => undefined } as unknown as CurrentProject,
    );
    const before = { id: 2, name: "before" } as PublicProject;
    const after = { id: 2, name: "after" } as PublicProject;
    const asked = [store.look(), store.look()];
    answers[1]?.(after);
    await asked[1];
    answers[0]?.(before);
    await asked[0];
    expect(store.published).toBe(after);
  });
});
