import { describe, expect, it } from "vitest";
import { inBatches } from "./batches";

describe("inBatches", () => {
  it("asks for no more at once than the server takes, and keeps the order", async () => {
    const ids = Array.from({ length: 450 }, (_, index) => index + 1);
    const sizes: number[] = [];
    const answered = await inBatches(ids, (batch) => {
      sizes.push(batch.length);
      return Promise.resolve(batch);
    });
    expect(sizes).toEqual([200, 200, 50]);
    expect(answered).toEqual(ids);
  });

  it("asks nothing for nothing", async () => {
    expect(await inBatches([], () => Promise.reject(new Error("asked")))).toEqual([]);
  });
});
