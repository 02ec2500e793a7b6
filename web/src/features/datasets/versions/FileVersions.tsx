// Requirements: E4, E6
import { useEffect, useId } from "react";
import { useTranslation } from "react-i18next";
import type { FileVersions as Versions } from "@/api/types";
import { QueryView } from "@/kit/QueryView";
import { VersionItem } from "./VersionItem";
import { useFileVersions } from "./queries";
import { versionRows } from "./versionRows";
import styles from "./versions.module.css";

interface Props {
  datasetId: number;
  path: string;
  isMine: boolean;
}

interface Shown extends Props {
  /** Of the version that is shown beside these. */
  fileId: number;
  /** Another version is the current one now. */
  onReplaced: (fileId: number) => void;
}

/** What a file was before: to be read by everybody who may read it, and restored by its owner. */
export function FileVersions({ fileId, onReplaced, ...props }: Shown) {
  const { t } = useTranslation();
  const id = useId();
  const versions = useFileVersions(props.datasetId, props.path);
  const current = versions.isFetching ? null : (versions.data?.file_id ?? null);
  useEffect(() => {
    if (current !== null && current !== fileId) onReplaced(current);
  });
  return (
    <section className={styles.versions} aria-labelledby={id}>
      <h4 id={id}>{t("datasets.versions.title")}</h4>
      <QueryView query={versions}>{(found) => <Loaded found={found} {...props} />}</QueryView>
    </section>
  );
}

function Loaded({ found, ...props }: Props & { found: Versions }) {
  const { t } = useTranslation();
  const count = found.kept_at_most;
  return (
    <>
      <p className={styles.hint}>
        {found.items.length > 1 ? null : `${t("datasets.versions.none")} `}
        {count > 0 ? t("datasets.versions.kept", { count }) : t("datasets.versions.keptNone")}
      </p>
      <ol className={styles.list}>
        {versionRows(found).map((row) => (
          <VersionItem key={row.version.number} row={row} {...props} />
        ))}
      </ol>
    </>
  );
}
