// Requirements: E5
import { Alert } from "antd";
import { useTranslation } from "react-i18next";
import type { Dataset, DatasetDeletion } from "@/api/types";
import styles from "./datasets.module.css";

interface Props {
  items: readonly DatasetDeletion[];
  datasets: readonly Dataset[];
}

/** What a deletion left to be known: what was refused, and which projects lost files. */
export function DeletionReport({ items, datasets }: Props) {
  const { t } = useTranslation();
  const refused = items.filter((one) => !one.is_deleted);
  const used = items.filter((one) => one.is_deleted && (one.used_by ?? []).length > 0);
  if (refused.length === 0 && used.length === 0) return null;
  const nameOf = (one: DatasetDeletion) =>
    one.name ?? datasets.find(({ id }) => id === one.id)?.name ?? String(one.id);
  return (
    <Alert
      className={styles.problem}
      type={refused.length > 0 ? "error" : "warning"}
      role="alert"
      title={
        <ul className={styles.report}>
          {refused.map((one) => (
            <li key={one.id}>
              {t("datasets.batch.refused", { name: nameOf(one), detail: one.detail ?? "" })}
            </li>
          ))}
          {used.map((one) => (
            <li key={one.id}>
              {t("datasets.batch.wasUsed", {
                name: nameOf(one),
                projects: (one.used_by ?? []).join(", "),
              })}
            </li>
          ))}
        </ul>
      }
    />
  );
}
