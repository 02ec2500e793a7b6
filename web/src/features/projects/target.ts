import type { Project, PublicProject } from "@/api/types";

/** A project as something to open: one's own, or a public one to be read. */
export interface Target {
  kind: "own" | "public";
  id: number;
  name: string;
}

export function own({ id, name }: Project): Target {
  return { kind: "own", id, name };
}

export function everybodys({ id, name }: PublicProject): Target {
  return { kind: "public", id, name };
}
