import type { Dataset, LinkedDataset } from "@/api/types";

export interface Choice {
  value: number;
  label: string;
}

/** A data set as far as a choice needs it. */
export type Linkable = Pick<LinkedDataset, "id" | "name" | "is_public">;

interface Lists {
  mine: readonly Dataset[];
  everybodys: readonly Dataset[];
  /** Linked already. */
  known: readonly Linkable[];
  isPublicOnly: boolean;
}

/** What can be linked, each once: one's own stand under "mine", also those that are public. */
export function groupChoices({ mine, everybodys, known, isPublicOnly }: Lists): {
  mine: Choice[];
  everybodys: Choice[];
} {
  const seen = new Set<number>();
  const take = (datasets: readonly Linkable[]): Choice[] =>
    datasets.flatMap(({ id, name, is_public }) => {
      if (id === null || seen.has(id) || (isPublicOnly && !is_public)) return [];
      seen.add(id);
      return [{ value: id, label: name }];
    });
  const own = take(mine);
  const others = take(everybodys);
  own.push(...take(known.filter((one) => !one.is_public)));
  others.push(...take(known));
  return { mine: own, everybodys: others };
}
