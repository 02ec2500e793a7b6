import type { components } from "./schema";

type Schemas = components["schemas"];

export type User = Schemas["UserView"];
export interface Session {
  user: User;
  expires_at: string;
}

export type Service = Schemas["ServiceView"];
export type ServiceState = Service["state"];
export type Flavour = Schemas["FlavourView"];
export type Token = Schemas["TokenView"];
export type CreatedToken = Schemas["NewTokenView"];
export type Starter = Schemas["StarterView"];
export type Project = Schemas["ProjectView"];
export type Dataset = Schemas["DatasetView"];
export type DatasetFile = Schemas["DatasetFileView"];
export type PublicProject = Schemas["PublicProjectView"];
export type Origin = Schemas["OriginView"];
export type LinkedDataset = Schemas["LinkedDataset"];
export type DatasetTree = Schemas["DatasetTree"];
export type FilePreview = Schemas["FilePreview"];
/** What happened to one project of a deletion, and what computed in it. */
export type ProjectDeletion = Schemas["ProjectDeletion"];
export type DatasetUses = Schemas["DatasetUses"];
export type TableProfile = Schemas["TableProfile"];
export type ColumnProfile = Schemas["ColumnProfile"];
export type DatasetDeletion = Schemas["DatasetDeletion"];
export type FileVersions = Schemas["FileVersions"];
export type FileVersion = Schemas["VersionView"];
export type DeletedFile = Schemas["DeletedFile"];
export type FolderItem = Schemas["FolderItem"];

/** One step of a start, as the service's event stream tells it; `step` is what to translate. */
export type Progress = Schemas["StartProgress"];

export interface ServiceEvent {
  service: Service;
  progress?: Progress | null;
}

export type BusyKernel = Schemas["BusyKernel"];

/** One page of a list; `next_cursor` leads to the next one. */
export interface Page<Item> {
  items: Item[];
  next_cursor?: string | null;
}

export type SnippetTree = Schemas["TreeView"];
export type SnippetTreeNode = SnippetTree["nodes"][number];
export type SnippetNode = Schemas["NodeDetails"];
export type FoundSnippet = Schemas["FoundNode"];
export type LibraryGroup = Schemas["LibraryGroup"];
export type LibrarySnippet = LibraryGroup["snippets"][number];
