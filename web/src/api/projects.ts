import { inBatches } from "./batches";
import { api, unwrap } from "./client";
import type { components } from "./schema";
import type { DatasetTree, Page, Project, ProjectDeletion, Starter } from "./types";

export type NewProject = components["schemas"]["ProjectCreate"];
export type ProjectChanges = components["schemas"]["ProjectUpdate"];
export type Sharing = components["schemas"]["ProjectShare"];

export function listStarters(): Promise<Starter[]> {
  return unwrap(api.GET("/api/v1/starters"));
}

export interface ProjectsWanted {
  /** 0: private; 1: shared; absent: both. */
  shareFlag?: 0 | 1;
  query?: string;
  sort?: "-updated" | "name";
  cursor?: string;
  limit?: number;
}

/** The caller's projects, the last changed first. */
export function listProjects({ shareFlag, ...page }: ProjectsWanted): Promise<Page<Project>> {
  const query = { share_flag: shareFlag, ...page };
  return unwrap(api.GET("/api/v1/projects", { params: { query } }));
}

export function getProject(id: number): Promise<Project> {
  return unwrap(api.GET("/api/v1/projects/{project_id}", { params: { path: { project_id: id } } }));
}

export function createProject(project: NewProject): Promise<Project> {
  return unwrap(api.POST("/api/v1/projects", { body: project }));
}

export function updateProject(id: number, changes: ProjectChanges): Promise<Project> {
  const params = { path: { project_id: id } };
  return unwrap(api.PATCH("/api/v1/projects/{project_id}", { params, body: changes }));
}

export function shareProject(id: number, how: Sharing): Promise<Project> {
  const params = { path: { project_id: id } };
  return unwrap(api.POST("/api/v1/projects/{project_id}/share", { params, body: how }));
}

/** Says of each project what happened to it. */
export function deleteProjects(ids: readonly number[]): Promise<ProjectDeletion[]> {
  return inBatches(ids, async (batch) => {
    const { items } = await unwrap(api.POST("/api/v1/projects/delete", { body: { ids: batch } }));
    return items;
  });
}

export function listProjectDatasets(id: number): Promise<DatasetTree[]> {
  const params = { path: { project_id: id } };
  return unwrap(api.GET("/api/v1/projects/{project_id}/datasets", { params }));
}

/** Copies public data sets again that have changed since they were copied. */
export function refreshProjectDatasets(id: number): Promise<Project> {
  const params = { path: { project_id: id } };
  return unwrap(api.POST("/api/v1/projects/{project_id}/datasets/refresh", { params }));
}

/** Where the project's notebook opens in the service. */
export async function getRuntimeAddress(id: number, serviceName: string): Promise<string> {
  const params = { path: { project_id: id }, query: { service_name: serviceName } };
  const { url } = await unwrap(
    api.GET("/api/v1/projects/{project_id}/runtime-address", { params }),
  );
  return url;
}

/** Where the running service serves the notebook file's content. */
export async function getContentAddress(id: number, serviceName: string): Promise<string> {
  const params = { path: { project_id: id }, query: { service_name: serviceName } };
  const { url } = await unwrap(
    api.GET("/api/v1/projects/{project_id}/content-address", { params }),
  );
  return url;
}
