import { describe, expect, it } from "vitest";
import type { Dataset } from "@/api/types";
import { groupChoices } from "./datasetChoices";

const dataset = (id: number, name: string, is_public: 0 | 1) =>
  ({ id, name, is_public }) as Dataset;

describe("groupChoices", () => {
  const mine = [dataset(1, "cpu", 0), dataset(2, "disk", 1)];
  const everybodys = [dataset(2, "disk", 1), dataset(3, "logs", 1)];
  const known = [
    { id: 3, name: "logs", is_public: 1 as const },
    { id: 9, name: "old", is_public: 1 as const },
    { id: 8, name: "own", is_public: 0 as const },
    { id: null, name: "gone", is_public: 1 as const },
  ];

  it("names each once, and those that are linked though no list has them", () => {
    const groups = groupChoices({ mine, everybodys, known, isPublicOnly: false });
    expect(groups.mine.map(({ value }) => value)).toEqual([1, 2, 8]);
    expect(groups.everybodys.map(({ value }) => value)).toEqual([3, 9]);
  });

  it("offers public ones only where nothing else can be linked", () => {
    const groups = groupChoices({ mine, everybodys, known, isPublicOnly: true });
    expect(groups.mine.map(({ value }) => value)).toEqual([2]);
    expect(groups.everybodys.map(({ value }) => value)).toEqual([3, 9]);
  });
});
