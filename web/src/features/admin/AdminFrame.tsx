import { useTranslation } from "react-i18next";
import { NavLink, Outlet } from "react-router";
import styles from "./admin.module.css";

/** What only administrators see: pages beside each other. */
export function AdminFrame() {
  const { t } = useTranslation();
  const pages = [
    ["/admin", t("admin.pages.overview")],
    ["/admin/users", t("admin.pages.users")],
    ["/admin/services", t("admin.pages.services")],
    ["/admin/audit", t("admin.pages.audit")],
  ] as const;
  return (
    <>
      <nav className={styles.pages} aria-label={t("admin.title")}>
        {pages.map(([to, label]) => (
          <NavLink key={to} to={to} end>
            {label}
          </NavLink>
        ))}
      </nav>
      <Outlet />
    </>
  );
}
