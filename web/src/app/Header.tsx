import { useTranslation } from "react-i18next";
import { Link, NavLink } from "react-router";
import { useCurrentUser } from "@/features/auth/session";
import { SearchButton } from "@/features/search/SearchButton";
import { AccountTools } from "./AccountTools";
import { LanguageSwitch } from "./LanguageSwitch";
import { Logo } from "./Logo";
import { ThemeSwitch } from "./ThemeSwitch";
import styles from "./app.module.css";

export function Header() {
  const { t } = useTranslation();
  const user = useCurrentUser();
  const pages = [
    ["/", t("common.nav.home")],
    ["/projects", t("common.nav.projects")],
    ["/datasets", t("common.nav.datasets")],
    ["/snippets", t("common.nav.snippets")],
    ...(user.is_admin ? [["/admin", t("common.nav.admin")] as const] : []),
  ] as const;
  return (
    <header className={styles.header}>
      <div className={styles.headerInner}>
        <Link to="/" className={styles.brand}>
          <Logo />
          {t("common.productName")}
        </Link>
        <nav className={styles.nav} aria-label={t("common.mainNavigation")}>
          {pages.map(([to, label]) => (
            <NavLink key={to} to={to} end={to === "/"}>
              {label}
            </NavLink>
          ))}
        </nav>
        <div className={styles.tools}>
          <SearchButton />
          <LanguageSwitch />
          <ThemeSwitch />
          <AccountTools user={user} />
        </div>
      </div>
    </header>
  );
}
