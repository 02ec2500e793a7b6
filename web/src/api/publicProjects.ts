import { inBatches } from "./batches";
import { api, unwrap } from "./client";
import type { components } from "./schema";
import type { DatasetTree, Page, Project, ProjectDeletion, PublicProject } from "./types";

export type PublicOrder = "updated" | "forks" | "name";
export type PublicChanges = components["schemas"]["PublicProjectUpdate"];

export interface PublicWanted {
  query?: string;
  owner?: string;
  order?: PublicOrder;
  cursor?: string;
  limit?: number;
}

const sorts = { updated: "-updated", forks: "-forks", name: "name" } as const;

export function listPublicProjects({
  order,
  ...wanted
}: PublicWanted): Promise<Page<PublicProject>> {
  const query = { ...wanted, sort: order && sorts[order] };
  return unwrap(api.GET("/api/v1/public/projects", { params: { query } }));
}

export function getPublicProject(id: number): Promise<PublicProject> {
  const params = { path: { public_id: id } };
  return unwrap(api.GET("/api/v1/public/projects/{public_id}", { params }));
}

export function updatePublicProject(id: number, changes: PublicChanges): Promise<PublicProject> {
  const params = { path: { public_id: id } };
  return unwrap(api.PATCH("/api/v1/public/projects/{public_id}", { params, body: changes }));
}

/** A project of the caller's own, with copies of the files and data sets. */
export function forkProject(id: number, name: string): Promise<Project> {
  const params = { path: { public_id: id } };
  return unwrap(api.POST("/api/v1/public/projects/{public_id}/fork", { params, body: { name } }));
}

/** Says of each public project what happened to it. */
export function deletePublicProjects(ids: readonly number[]): Promise<ProjectDeletion[]> {
  return inBatches(ids, async (batch) => {
    const { items } = await unwrap(
      api.POST("/api/v1/public/projects/delete", { body: { ids: batch } }),
    );
    return items;
  });
}

export function listPublicProjectDatasets(id: number): Promise<DatasetTree[]> {
  const params = { path: { public_id: id } };
  return unwrap(api.GET("/api/v1/public/projects/{public_id}/datasets", { params }));
}

/** Where the public project's notebook opens in the service, to be read. */
export async function getPublicRuntimeAddress(id: number, serviceName: string): Promise<string> {
  const params = { path: { public_id: id }, query: { service_name: serviceName } };
  const { url } = await unwrap(
    api.GET("/api/v1/public/projects/{public_id}/runtime-address", { params }),
  );
  return url;
}

/** Where the running service serves the public notebook file's content. */
export async function getPublicContentAddress(id: number, serviceName: string): Promise<string> {
  const params = { path: { public_id: id }, query: { service_name: serviceName } };
  const { url } = await unwrap(
    api.GET("/api/v1/public/projects/{public_id}/content-address", { params }),
  );
  return url;
}
