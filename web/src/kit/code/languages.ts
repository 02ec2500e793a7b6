import { StreamLanguage } from "@codemirror/language";
import type { Extension } from "@codemirror/state";

type Loader = () => Promise<Extension>;

const python: Loader = async () => (await import("@codemirror/lang-python")).python();
const sql: Loader = async () => (await import("@codemirror/lang-sql")).sql();
const shell: Loader = async () =>
  StreamLanguage.define((await import("@codemirror/legacy-modes/mode/shell")).shell);
const markdown: Loader = async () => (await import("@codemirror/lang-markdown")).markdown();
const json: Loader = async () => (await import("@codemirror/lang-json")).json();
const yaml: Loader = async () => (await import("@codemirror/lang-yaml")).yaml();
const javascript: Loader = async () =>
  (await import("@codemirror/lang-javascript")).javascript({ typescript: true });
const r: Loader = async () =>
  StreamLanguage.define((await import("@codemirror/legacy-modes/mode/r")).r);

const loaders: Readonly<Record<string, Loader>> = {
  python,
  python3: python,
  ipython: python,
  sql,
  shell,
  bash: shell,
  sh: shell,
  markdown,
  json,
  yaml,
  javascript,
  typescript: javascript,
  r,
};

/** How code of a language is coloured; nothing for one that we don't know. */
export async function loadLanguage(name: string): Promise<Extension> {
  return (await loaders[name.toLowerCase()]?.()) ?? [];
}
