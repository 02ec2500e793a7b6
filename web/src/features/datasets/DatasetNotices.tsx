// Requirements: E7, E9
import { Alert } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Dataset } from "@/api/types";
import styles from "./datasets.module.css";

/** Where a data set came from, and whether others see one that was made of it. */
export function DatasetNotices({ dataset }: { dataset: Dataset }) {
  return (
    <div className={styles.notices}>
      <Origin dataset={dataset} />
      <SharedAs dataset={dataset} />
    </div>
  );
}

function Origin({ dataset: { origin } }: { dataset: Dataset }) {
  const { t } = useTranslation();
  if (!origin) return null;
  const { id, name, owner } = origin;
  let state: "gone" | "movedOn" | "same" = "same";
  if (typeof id !== "number") state = "gone";
  else if (origin.has_moved_on) state = "movedOn";
  return (
    <Alert
      type="info"
      title={
        <>
          {t(`datasets.origin.${state}`, { name, owner })}{" "}
          {typeof id === "number" ? (
            <Link to={`/datasets/${id}`}>{t("datasets.origin.see")}</Link>
          ) : null}
        </>
      }
    />
  );
}

function SharedAs({ dataset: { shared_as: publicId } }: { dataset: Dataset }) {
  const { t } = useTranslation();
  if (typeof publicId !== "number") return null;
  return (
    <Alert
      type="info"
      title={
        <>
          {t("datasets.share.isShared")}{" "}
          <Link to={`/datasets/${publicId}`}>{t("datasets.share.see")}</Link>
        </>
      }
    />
  );
}
