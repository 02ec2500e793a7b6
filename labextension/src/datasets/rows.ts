import {
  addBelowIcon,
  copyIcon,
  errorIcon,
  fileIcon,
  folderIcon,
  refreshIcon,
} from "@jupyterlab/ui-components";

import { formatBytes } from "../kit/format";
import { datasetsIcon, linkToIcon } from "../kit/icons";
import type { Row } from "../kit/rows";
import type { Dataset, DatasetTree } from "../platform/model";
import type { IPlatform } from "../platform/token";
import type { DatasetStore } from "./store";

export interface Doings {
  insertPath: (path: string) => void;
  insertRead: (path: string) => void;
  /** Absent where no project of one's own is in front. */
  link?: (dataset: Dataset) => void;
}

interface Given {
  store: DatasetStore;
  platform: IPlatform;
  doings: Doings;
}

/** The folder that a row stands for; null for a section. */
export function pathOf(key: string): string | null {
  const end = key.indexOf(":");
  return end < 0 ? null : key.slice(end + 1);
}

/** A section's name before the path, since the same data set may stand in several. */
function below(section: string, path: string, given: Given): Row[] | null {
  const { trans } = given.platform;
  const entries = given.store.entries(path);
  const key = `${section}-state:${path}`;
  if (entries === undefined) {
    return null;
  }
  if (entries === "loading") {
    return [{ key, label: trans.__("Loading…"), icon: refreshIcon }];
  }
  if (entries === "failed") {
    const run = (): void => void given.store.open(path);
    const again = { label: trans.__("Try again"), icon: refreshIcon, run };
    const label = trans.__("The folder could not be read");
    return [{ key, label, icon: errorIcon, activate: run, actions: [again] }];
  }
  return entries.map((entry) => {
    const key = `${section}:${entry.path}`;
    if (entry.isFolder) {
      const children = below(section, entry.path, given);
      return { key, label: entry.name, icon: folderIcon, children };
    }
    return {
      key,
      label: entry.name,
      icon: fileIcon,
      hint: entry.sizeBytes === null ? "" : formatBytes(entry.sizeBytes),
      activate: () => given.doings.insertRead(entry.path),
      actions: [
        {
          label: trans.__("Insert code that reads it"),
          icon: addBelowIcon,
          run: () => given.doings.insertRead(entry.path),
        },
        {
          label: trans.__("Insert the path"),
          icon: copyIcon,
          run: () => given.doings.insertPath(entry.path),
        },
      ],
    };
  });
}

/** The data sets that the project in front uses. */
export function linkedRows(trees: readonly DatasetTree[], given: Given): Row[] {
  return trees.map((tree) => ({
    key: `linked:${tree.path}`,
    label: tree.dataset.name,
    icon: datasetsIcon,
    children: below("linked", tree.path, given),
  }));
}

/** Data sets that could be linked; `section` is a name that no other list has. */
export function datasetRows(
  section: string,
  datasets: readonly Dataset[],
  linkedIds: ReadonlySet<number>,
  given: Given,
): Row[] {
  const { trans } = given.platform;
  const { link } = given.doings;
  return datasets.map((dataset) => ({
    key: `${section}:${dataset.path}`,
    label: dataset.name,
    icon: datasetsIcon,
    hint: formatBytes(dataset.size_bytes),
    title: [dataset.description || dataset.name, dataset.owner].join("\n"),
    children: below(section, dataset.path, given),
    actions:
      link && !linkedIds.has(dataset.id)
        ? [{ label: trans.__("Link to this project"), icon: linkToIcon, run: () => link(dataset) }]
        : [],
  }));
}
