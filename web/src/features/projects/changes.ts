import type { ProjectChanges } from "@/api/projects";
import type { LinkedDataset, Project } from "@/api/types";

/** What the settings of a project ask for. */
export interface Settings {
  name: string;
  description: string;
  dataset_ids: number[];
  drop_deleted?: boolean;
  publish?: boolean;
}

/** Links to public data sets whose owners have deleted them: their copies stay. */
export function deletedLinks(project: Project): LinkedDataset[] {
  return project.datasets.filter(({ id }) => id === null);
}

function linkedIds(project: Project): number[] {
  return project.datasets.flatMap(({ id }) => (id === null ? [] : [id]));
}

export function initialSettings(project: Project): Settings {
  return {
    name: project.name,
    description: project.description,
    dataset_ids: linkedIds(project),
    drop_deleted: false,
    publish: false,
  };
}

function isSame(some: readonly number[], others: readonly number[]): boolean {
  return some.length === others.length && some.every((id) => others.includes(id));
}

/** Only what changes is sent: a rename moves a folder, and links are copied and removed. */
export function changesOf(project: Project, settings: Settings): ProjectChanges {
  const changes: ProjectChanges = { share_flag: settings.publish ? 1 : 0 };
  if (settings.name !== project.name) changes.name = settings.name;
  if (settings.description !== project.description) changes.description = settings.description;
  if (settings.drop_deleted || !isSame(settings.dataset_ids, linkedIds(project))) {
    changes.dataset_ids = settings.dataset_ids;
    changes.drop_deleted = settings.drop_deleted ?? false;
  }
  return changes;
}
