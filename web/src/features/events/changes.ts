import type { QueryKey } from "@tanstack/react-query";
import type { Change } from "@/api/live";

/** Which queries a hint puts in doubt; none for all of them. */
export const doubted: Record<Change["kind"], QueryKey[]> = {
  all: [[]],
  // Data sets say how many projects use them.
  projects: [["projects"], ["datasets"]],
  public_projects: [["projects", "public"], ["datasets"]],
  datasets: [["datasets"]],
  public_datasets: [["datasets"]],
  snippets: [["snippets"]],
  uploads: [["uploads"]],
  usage: [["usage"]],
  users: [["users"]],
  services: [["admin"]],
  audit: [["audit"]],
};

/** The keys of some hints, each once; a key that all others begin with stands for them. */
export function keysOf(kinds: Iterable<Change["kind"]>): QueryKey[] {
  const keys = [
    ...new Map(
      [...kinds].flatMap((kind) => doubted[kind]).map((key) => [key.join(), key]),
    ).values(),
  ];
  return keys.filter(
    (key) =>
      !keys.some(
        (other) => other.length < key.length && other.every((part, index) => part === key[index]),
      ),
  );
}
