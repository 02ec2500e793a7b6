// Requirements: E3
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Dataset } from "@/api/types";
import { useFormat } from "@/kit/format";
import { DatabaseIcon } from "@/kit/icons";
import { ForkIcon } from "@/kit/pageIcons";
import { plainText } from "@/kit/plainText";
import styles from "./datasets.module.css";

interface Props {
  dataset: Dataset;
  /** In a list of everybody's, whose each is matters more than that it is public. */
  isOthers?: boolean;
  /** A box to tick. */
  mark?: ReactNode;
}

export function DatasetRow({ dataset, isOthers = false, mark }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const isShared = typeof dataset.shared_as === "number";
  return (
    <li className={styles.row}>
      {mark ?? <DatabaseIcon className={styles.rowIcon} />}
      <div className={styles.rowText}>
        <Link className={styles.name} to={`/datasets/${dataset.id}`}>
          {dataset.name}
        </Link>
        {dataset.description ? (
          <p className={styles.description}>{plainText(dataset.description)}</p>
        ) : null}
        <p className={styles.meta}>
          {isOthers ? (
            <span>{t("datasets.page.ownedBy", { owner: dataset.owner })}</span>
          ) : (
            <span className={styles.tag} data-public={dataset.is_public}>
              {t(dataset.is_public ? "common.visibility.public" : "common.visibility.private")}
            </span>
          )}
          {isShared ? <span>{t("datasets.share.isSharedShort")}</span> : null}
          <span>{t("common.files", { count: dataset.file_count })}</span>
          <span>{format.bytes(dataset.size_bytes)}</span>
          {dataset.is_public ? (
            <span>
              <ForkIcon /> {t("datasets.forks", { count: dataset.fork_count })}
            </span>
          ) : null}
          <span>{t("datasets.usedBy", { count: dataset.used_by_count })}</span>
          <span>{t("datasets.updated", { when: format.relative(dataset.updated_at) })}</span>
        </p>
      </div>
    </li>
  );
}
