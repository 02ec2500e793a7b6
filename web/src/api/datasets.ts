import { api, unwrap } from "./client";
import type { components, operations } from "./schema";
import type {
  Dataset,
  DatasetDeletion,
  DatasetUses,
  FilePreview,
  FolderItem,
  Page,
  TableProfile,
} from "./types";
import { startUpload } from "./upload";

export type DatasetSort = NonNullable<
  NonNullable<operations["list_datasets"]["parameters"]["query"]>["sort"]
>;
export type DatasetChanges = components["schemas"]["DatasetUpdate"];

export interface NewDataset {
  name: string;
  description: string;
  isPublic: boolean;
}

/** The caller's own data sets, private and public, or the public ones of everybody. */
export function listDatasets(options: {
  whose: "mine" | "public";
  query?: string;
  sort?: DatasetSort;
  cursor?: string;
  limit?: number;
}): Promise<Page<Dataset>> {
  const { whose, ...rest } = options;
  const query = { is_public: whose === "public" ? (1 as const) : undefined, ...rest };
  return unwrap(api.GET("/api/v1/datasets", { params: { query } }));
}

const at = (id: number) => ({ params: { path: { dataset_id: id } } });

export function getDataset(id: number): Promise<Dataset> {
  return unwrap(api.GET("/api/v1/datasets/{dataset_id}", at(id)));
}

export function updateDataset(id: number, changes: DatasetChanges): Promise<Dataset> {
  return unwrap(api.PATCH("/api/v1/datasets/{dataset_id}", { ...at(id), body: changes }));
}

/** Make a public data set of a private one, or bring the one that was made up to date. */
export function shareDataset(id: number): Promise<Dataset> {
  return unwrap(api.POST("/api/v1/datasets/{dataset_id}/share", at(id)));
}

/** Make a data set of one's own of a public one. */
export function forkDataset(id: number, name: string): Promise<Dataset> {
  return unwrap(api.POST("/api/v1/datasets/{dataset_id}/fork", { ...at(id), body: { name } }));
}

/** Which of the caller's and of the public projects use it. */
export function getDatasetUses(id: number): Promise<DatasetUses> {
  return unwrap(api.GET("/api/v1/datasets/{dataset_id}/uses", at(id)));
}

/** Delete several; what is refused for one does not stop the others. */
export async function deleteDatasets(ids: readonly number[]): Promise<DatasetDeletion[]> {
  const { items } = await unwrap(api.POST("/api/v1/datasets/delete", { body: { ids: [...ids] } }));
  return items;
}

export async function deleteDataset(id: number): Promise<void> {
  await unwrap(api.DELETE("/api/v1/datasets/{dataset_id}", at(id)));
}

/** One folder: folders first, then files, by name. */
export function listDatasetFolder(
  id: number,
  path: string,
  cursor?: string,
): Promise<Page<FolderItem>> {
  const params = { path: { dataset_id: id }, query: { path, cursor } };
  return unwrap(api.GET("/api/v1/datasets/{dataset_id}/tree", { params }));
}

/** A file's details and how it begins. */
export function previewDatasetFile(id: number, fileId: number): Promise<FilePreview> {
  const params = { path: { dataset_id: id, file_id: fileId } };
  return unwrap(api.GET("/api/v1/datasets/{dataset_id}/files/{file_id}", { params }));
}

/** What is known of a table's columns, from a sample of its rows. */
export function profileDatasetFile(id: number, fileId: number): Promise<TableProfile> {
  const params = { path: { dataset_id: id, file_id: fileId } };
  return unwrap(api.GET("/api/v1/datasets/{dataset_id}/files/{file_id}/profile", { params }));
}

export function removeDatasetFiles(id: number, fileIds: readonly number[]): Promise<Dataset> {
  const body = { ids: [...fileIds] };
  return unwrap(api.POST("/api/v1/datasets/{dataset_id}/files/delete", { ...at(id), body }));
}

/** Where the browser reads a file's content, or downloads it. */
export function fileAddress(id: number, fileId: number, how: "show" | "download"): string {
  const address = `/api/v1/datasets/${id}/files/${fileId}/content`;
  return how === "download" ? `${address}?download=1` : address;
}

/** Where the browser downloads all files as one zip archive. */
export function archiveAddress(id: number): string {
  return `/api/v1/datasets/${id}/archive`;
}

/** A data set without files, which follow. */
export function createDataset(dataset: NewDataset): Promise<Dataset> {
  const fields = {
    name: dataset.name,
    description: dataset.description,
    is_public: dataset.isPublic ? "1" : "0",
  };
  const form = { fields, files: [], onProgress: () => undefined };
  return startUpload<Dataset>("/api/v1/datasets", form).finished;
}
