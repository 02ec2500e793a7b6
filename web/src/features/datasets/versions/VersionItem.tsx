// Requirements: E4, E6
import { useTranslation } from "react-i18next";
import { useFormat } from "@/kit/format";
import { VersionActions } from "./VersionActions";
import type { VersionRow } from "./versionRows";
import styles from "./versions.module.css";

interface Props {
  row: VersionRow;
  datasetId: number;
  path: string;
  isMine: boolean;
}

/** One version: its number, when, by whom, how big. */
export function VersionItem({ row, ...rest }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const { number, created_at: createdAt, added_by: user, size_bytes: size } = row.version;
  return (
    <li className={styles.item}>
      <div>
        <span className={styles.number}>{t("datasets.versions.number", { number })}</span>
        {row.isCurrent ? (
          <span className={styles.current}>{t("datasets.versions.current")}</span>
        ) : null}
        <p className={styles.facts}>
          <span>{format.dateTime(createdAt)}</span>
          {user === null ? null : <span>{t("datasets.versions.by", { user })}</span>}
          <span>{format.bytes(size)}</span>
          {row.isSame ? <span>{t("datasets.versions.same")}</span> : null}
        </p>
      </div>
      {row.id === null ? null : (
        <VersionActions
          versionId={row.id}
          number={number}
          canRestore={rest.isMine && !row.isSame}
          {...rest}
        />
      )}
    </li>
  );
}
