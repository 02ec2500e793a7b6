import type { Starter } from "@/api/types";

export interface Category {
  name: string;
  label: string;
}

/** The categories in the order of the starters, each once. */
export function categoriesOf(starters: readonly Starter[], language: string): Category[] {
  const found = new Map<string, Category>();
  for (const { category, category_en, category_zh } of starters) {
    if (found.has(category)) continue;
    found.set(category, { name: category, label: language === "en" ? category_en : category_zh });
  }
  return [...found.values()];
}

/** The example data set that is linked with a starter, if it is there to be linked. */
export function exampleOf(starters: readonly Starter[], name: string): string | null {
  const dataset = starters.find((starter) => starter.name === name)?.dataset;
  return dataset && dataset.id !== null ? dataset.name : null;
}

/** Whether a project of this starter reads a data set that nobody has chosen yet. */
export function lacksDataset(
  starters: readonly Starter[],
  {
    starter,
    dataset_ids,
    link_example,
  }: { starter: string; dataset_ids: number[]; link_example: boolean },
): boolean {
  const needs = starters.find(({ name }) => name === starter)?.needs_dataset ?? false;
  const comesWithOne = link_example && exampleOf(starters, starter) !== null;
  return needs && dataset_ids.length === 0 && !comesWithOne;
}
