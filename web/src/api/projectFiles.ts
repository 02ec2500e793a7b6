import { api, unwrap } from "./client";
import { ApiProblem } from "./problems";
import type { components } from "./schema";
import type { Page } from "./types";

export type FolderItem = components["schemas"]["FolderItem"];

/** Files lie in a project of one's own or in a public one. */
export interface ProjectPlace {
  kind: "own" | "public";
  id: number;
}

/** One folder of a project, a page of it. */
export function listFolder(
  { kind, id }: ProjectPlace,
  path: string,
  cursor?: string,
): Promise<Page<FolderItem>> {
  const query = { path, cursor };
  return kind === "own"
    ? unwrap(
        api.GET("/api/v1/projects/{project_id}/tree", {
          params: { path: { project_id: id }, query },
        }),
      )
    : unwrap(
        api.GET("/api/v1/public/projects/{public_id}/tree", {
          params: { path: { public_id: id }, query },
        }),
      );
}

function base({ kind, id }: ProjectPlace): string {
  return `/api/v1/${kind === "own" ? "projects" : "public/projects"}/${id}`;
}

/** Where the browser gets a file: to show it, or to save it. */
export function fileAddress(place: ProjectPlace, path: string, use: "show" | "save"): string {
  const query = new URLSearchParams({ path, ...(use === "save" ? { download: "true" } : {}) });
  return `${base(place)}/files/content?${query.toString()}`;
}

/** Where the browser gets all of a project as a zip archive. */
export function archiveAddress(place: ProjectPlace): string {
  return `${base(place)}/archive`;
}

/** Where the last plot of a project's notebook is; without one the answer is empty. */
export function pictureAddress(place: ProjectPlace): string {
  return `${base(place)}/picture`;
}

/** The first bytes of a file, as text. */
export async function readFileStart(
  place: ProjectPlace,
  path: string,
  maxBytes: number,
): Promise<string> {
  const options = {
    headers: { Range: `bytes=0-${maxBytes - 1}` },
    parseAs: "text",
  } as const;
  const query = { path };
  try {
    return await unwrap<string>(
      place.kind === "own"
        ? api.GET("/api/v1/projects/{project_id}/files/content", {
            ...options,
            params: { path: { project_id: place.id }, query },
          })
        : api.GET("/api/v1/public/projects/{public_id}/files/content", {
            ...options,
            params: { path: { public_id: place.id }, query },
          }),
    );
  } catch (thrown) {
    // Nothing of an empty file is in any range.
    if (thrown instanceof ApiProblem && thrown.status === 416) return "";
    throw thrown;
  }
}

export interface NotebookLook {
  /** Another notebook than the project's own. */
  path: string | undefined;
  theme: "light" | "dark";
  language: "zh-CN" | "en";
}

/** A notebook as static HTML, for a frame that runs nothing. */
export function renderNotebook({ kind, id }: ProjectPlace, look: NotebookLook): Promise<string> {
  const parseAs = "text";
  return kind === "own"
    ? unwrap<string>(
        api.GET("/api/v1/projects/{project_id}/rendered", {
          params: { path: { project_id: id }, query: look },
          parseAs,
        }),
      )
    : unwrap<string>(
        api.GET("/api/v1/public/projects/{public_id}/rendered", {
          params: { path: { public_id: id }, query: look },
          parseAs,
        }),
      );
}
