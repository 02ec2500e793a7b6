/** What the server takes at once. */
const batchMax = 200;

/** Ask in as many batches as it takes, one after the other; the answers as one list. */
export async function inBatches<Item>(
  ids: readonly number[],
  ask: (batch: number[]) => Promise<Item[]>,
): Promise<Item[]> {
  const answered: Item[] = [];
  for (let start = 0; start < ids.length; start += batchMax) {
    answered.push(...(await ask(ids.slice(start, start + batchMax))));
  }
  return answered;
}
