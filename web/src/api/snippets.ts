import { api, unwrap } from "./client";
import type { components } from "./schema";
import type { FoundSnippet, LibraryGroup, Page, SnippetNode, SnippetTree } from "./types";
import { startUpload } from "./upload";

type Schemas = components["schemas"];

export type NewFolder = Schemas["FolderCreate"];
export type NewSnippet = Schemas["SnippetCreate"];
export type SnippetChange = Schemas["NodeUpdate"];
export type SnippetMove = Schemas["NodeMove"];
export type SnippetCounts = Schemas["DeletedView"];
export type ExportFormat = "elyra" | "notebook";

const at = (id: number) => ({ params: { path: { node_id: id } } });

export function getSnippetTree(): Promise<SnippetTree> {
  return unwrap(api.GET("/api/v1/snippets/tree"));
}

export function getSnippet(id: number): Promise<SnippetNode> {
  return unwrap(api.GET("/api/v1/snippets/{node_id}", at(id)));
}

/** Each word has to be in the title, the description, a tag or the code. */
export function searchSnippets(query: string, cursor?: string): Promise<Page<FoundSnippet>> {
  return unwrap(api.GET("/api/v1/snippets/search", { params: { query: { query, cursor } } }));
}

export function listSnippetLibrary(): Promise<LibraryGroup[]> {
  return unwrap(api.GET("/api/v1/snippets/library"));
}

export function createSnippetFolder(folder: NewFolder): Promise<SnippetNode> {
  return unwrap(api.POST("/api/v1/snippets/folders", { body: folder }));
}

export function createSnippet(snippet: NewSnippet): Promise<SnippetNode> {
  return unwrap(api.POST("/api/v1/snippets", { body: snippet }));
}

export function updateSnippet(id: number, change: SnippetChange): Promise<SnippetNode> {
  return unwrap(api.PATCH("/api/v1/snippets/{node_id}", { ...at(id), body: change }));
}

export function moveSnippet(id: number, move: SnippetMove): Promise<SnippetNode> {
  return unwrap(api.POST("/api/v1/snippets/{node_id}/move", { ...at(id), body: move }));
}

export function deleteSnippet(id: number): Promise<SnippetCounts> {
  const params = { path: { snippet_id: id } };
  return unwrap(api.DELETE("/api/v1/snippets/{snippet_id}", { params }));
}

export function deleteSnippetFolder(id: number): Promise<SnippetCounts> {
  const params = { path: { folder_id: id } };
  return unwrap(api.DELETE("/api/v1/snippets/folders/{folder_id}", { params }));
}

/** Import notebooks and Elyra JSON, all or nothing; titles that are taken get a number. */
export function importSnippets(
  files: readonly File[],
  parentId: number | null,
): Promise<SnippetCounts> {
  const upload = startUpload<SnippetCounts>("/api/v1/snippets/import", {
    fields: parentId === null ? {} : { parent_id: String(parentId) },
    files: files.map((file) => ({ path: file.name, file })),
    onProgress: () => undefined,
  });
  return upload.finished;
}

/** Where the browser downloads a node with all below it; null: the whole tree. */
export function snippetExportAddress(id: number | null, format: ExportFormat): string {
  const node = id === null ? "" : `&node_id=${id}`;
  return `/api/v1/snippets/export?format=${format}${node}`;
}
