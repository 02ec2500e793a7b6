import { useTranslation } from "react-i18next";
import { NavLink } from "react-router";
import styles from "./datasets.module.css";

/** Between one's own data sets and everybody's. */
export function DatasetTabs() {
  const { t } = useTranslation();
  return (
    <nav className={styles.tabs} aria-label={t("datasets.tabs.label")}>
      <NavLink to="/datasets" end>
        {t("datasets.tabs.mine")}
      </NavLink>
      <NavLink to="/datasets/public">{t("datasets.tabs.public")}</NavLink>
    </nav>
  );
}
