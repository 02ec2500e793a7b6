import { describe, expect, it } from "vitest";

import type { PlatformClient } from "../platform/client";
import type { SnippetTree } from "../platform/model";
import { SnippetStore } from "./store";

describe("SnippetStore", () => {
  it("shows the answer to the later of two questions, whichever comes first", async () => {
    const answers: ((tree: SnippetTree) => void)[] = [];
    const client = {
      get: (path: string) =>
        path === "snippets/library"
          ? Promise.resolve([])
          : new Promise<SnippetTree>((resolve) => answers.push(resolve)),
    };
    const store = new SnippetStore(client as unknown as PlatformClient);
    const before = { revision: 1 } as SnippetTree;
    const after = { revision: 2 } as SnippetTree;
    const asked = [store.refresh(), store.refresh()];
    answers[1]?.(after);
    await asked[1];
    answers[0]?.(before);
    await asked[0];
    expect(store.tree).toBe(after);
  });
});
