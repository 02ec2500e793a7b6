import type { components } from "../../../web/src/api/schema";

type Schemas = components["schemas"];

export type Dataset = Schemas["DatasetView"];
export type DatasetTree = Schemas["DatasetTree"];
export type Flavour = Schemas["FlavourView"];
export type FoundSnippet = Schemas["FoundNode"];
export type LibraryGroup = Schemas["LibraryGroup"];
export type LibrarySnippet = Schemas["LibrarySnippet"];
export type Project = Schemas["ProjectView"];
export type PublicProject = Schemas["PublicProjectView"];
export type Snippet = Schemas["NodeDetails"];
export type SnippetNode = Schemas["opsforge__snippets__schemas__TreeNode"];
export type SnippetTree = Schemas["TreeView"];

export interface Page<T> {
  items: T[];
  next_cursor?: string | null;
}

/** What `opsforge.lab.handlers.StatusHandler` answers. */
export interface ServiceStatus {
  username: string;
  flavour: string;
  cores: number | null;
  cpu_limit: number | null;
  memory_bytes: number;
  memory_limit_bytes: number | null;
  idle_limit_seconds: number | null;
  idle_seconds_left: number | null;
}
