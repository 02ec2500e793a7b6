import type { FileVersion, FileVersions } from "@/api/types";

export interface VersionRow {
  version: FileVersion;
  /** Null of the current one, which is the file itself. */
  id: number | null;
  isCurrent: boolean;
  /** An earlier one with the content that is there now: restoring it would change nothing. */
  isSame: boolean;
}

/** What a page shows of each version, latest first. */
export function versionRows({ items }: Pick<FileVersions, "items">): VersionRow[] {
  const current = items.find(({ id }) => id === null);
  return items.map((version) => ({
    version,
    id: version.id,
    isCurrent: version === current,
    isSame: version !== current && version.sha256 === current?.sha256,
  }));
}
