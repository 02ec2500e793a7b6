import { useTranslation } from "react-i18next";
import styles from "./app.module.css";

/** The whole window, while nothing can be shown yet. */
export function Loading() {
  const { t } = useTranslation();
  return <div className={styles.loading} role="status" aria-label={t("common.loading")} />;
}
