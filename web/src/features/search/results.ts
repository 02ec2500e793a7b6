import type { SearchResults } from "@/api/search";

export const kinds = [
  "projects",
  "public_projects",
  "datasets",
  "public_datasets",
  "snippets",
] as const;
export type Kind = (typeof kinds)[number];

export interface Hit {
  key: string;
  to: string;
  name: string;
  hint: string;
}

/** What is found, by kind, as lines that lead somewhere; kinds without a hit are left out. */
export function hitsOf(results: SearchResults): [Kind, Hit[]][] {
  const all: Record<Kind, Hit[]> = {
    projects: results.projects.map((hit) => line("projects", `/projects/${String(hit.id)}`, hit)),
    public_projects: results.public_projects.map((hit) =>
      line("public_projects", `/projects/public/${String(hit.id)}`, hit),
    ),
    datasets: results.datasets.map((hit) => line("datasets", `/datasets/${String(hit.id)}`, hit)),
    public_datasets: results.public_datasets.map((hit) =>
      line("public_datasets", `/datasets/${String(hit.id)}`, hit),
    ),
    snippets: results.snippets.map(({ id, title, description, folders }) => ({
      key: `snippets-${String(id)}`,
      to: `/snippets?id=${String(id)}`,
      name: title,
      hint: [folders.join(" / "), firstLine(description)].filter(Boolean).join(" · "),
    })),
  };
  return kinds
    .map((kind): [Kind, Hit[]] => [kind, all[kind]])
    .filter(([, hits]) => hits.length > 0);
}

function line(
  kind: Kind,
  to: string,
  { id, name, owner, description }: SearchResults["projects"][number],
): Hit {
  const who = kind.startsWith("public") ? owner : "";
  const hint = [who, firstLine(description)].filter(Boolean).join(" · ");
  return { key: `${kind}-${String(id)}`, to, name, hint };
}

function firstLine(text: string): string {
  return text.trim().split("\n", 1)[0] ?? "";
}

/** The line after or before another one, round and round. */
export function step(count: number, current: number, by: number): number {
  return count === 0 ? 0 : (current + by + count) % count;
}
