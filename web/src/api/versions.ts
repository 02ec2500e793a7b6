import { api, unwrap } from "./client";
import type { DatasetFile, DeletedFile, FileVersions, Page } from "./types";

const at = (id: number, versionId: number) => ({
  params: { path: { dataset_id: id, version_id: versionId } },
});

/** All versions of the file at a path, the latest first. */
export function listFileVersions(id: number, path: string): Promise<FileVersions> {
  const params = { path: { dataset_id: id }, query: { path } };
  return unwrap(api.GET("/api/v1/datasets/{dataset_id}/versions", { params }));
}

/** Files that were deleted and can be restored, the last one first. */
export function listDeletedFiles(id: number, cursor?: string): Promise<Page<DeletedFile>> {
  const params = { path: { dataset_id: id }, query: { cursor } };
  return unwrap(api.GET("/api/v1/datasets/{dataset_id}/versions/deleted", { params }));
}

/** Make an earlier version the current one; the answer is the file as it is now. */
export function restoreFileVersion(id: number, versionId: number): Promise<DatasetFile> {
  const path = "/api/v1/datasets/{dataset_id}/versions/{version_id}/restore";
  return unwrap(api.POST(path, at(id, versionId)));
}

export async function deleteFileVersion(id: number, versionId: number): Promise<void> {
  const path = "/api/v1/datasets/{dataset_id}/versions/{version_id}";
  await unwrap(api.DELETE(path, at(id, versionId)));
}

/** Delete all that a file was which is deleted already. */
export async function deleteForGood(id: number, path: string): Promise<void> {
  const { items } = await listFileVersions(id, path);
  for (const version of items) {
    if (version.id !== null) await deleteFileVersion(id, version.id);
  }
}

/** Where the browser downloads an earlier version. */
export function versionAddress(id: number, versionId: number): string {
  return `/api/v1/datasets/${id}/versions/${versionId}/content?download=1`;
}
