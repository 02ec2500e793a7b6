import type { SnippetChange } from "@/api/snippets";
import type { SnippetNode } from "@/api/types";

/** What a form holds of a snippet; of a folder all but title and description is empty. */
export interface Draft {
  title: string;
  description: string;
  language: string;
  tags: string[];
  code: string;
}

export function draftOf({ title, description, language, tags, code }: SnippetNode): Draft {
  return { title, description, language, tags, code };
}

function isSame(one: string | readonly string[], other: string | readonly string[]): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** The fields in which a draft differs. */
export function changesOf(draft: Draft, saved: Draft): Partial<Draft> {
  const names = Object.keys(saved) as (keyof Draft)[];
  const changed = names.filter((name) => !isSame(draft[name], saved[name]));
  return Object.fromEntries(changed.map((name) => [name, draft[name]]));
}

/** The same as a request: only what changed is sent, so that the rest can't be taken back. */
export function requestOf(draft: Draft, saved: SnippetNode): SnippetChange {
  return { version: saved.version, ...changesOf(draft, draftOf(saved)) };
}
