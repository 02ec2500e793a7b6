import { useTranslation } from "react-i18next";
import { NavLink } from "react-router";
import styles from "./projects.module.css";

/** Between one's own projects and everybody's. */
export function ProjectTabs() {
  const { t } = useTranslation();
  return (
    <nav className={styles.tabs} aria-label={t("projects.tabs.label")}>
      <NavLink to="/projects" end>
        {t("projects.tabs.mine")}
      </NavLink>
      <NavLink to="/projects/public">{t("projects.tabs.public")}</NavLink>
    </nav>
  );
}
