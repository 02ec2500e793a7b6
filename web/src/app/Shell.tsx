import { lazy, Suspense, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { Outlet, ScrollRestoration, useLocation } from "react-router";
import { Header } from "./Header";
import styles from "./app.module.css";

const LiveEvents = lazy(async () => ({
  default: (await import("@/features/events/LiveEvents")).LiveEvents,
}));

/** The frame around every page of a signed-in user. */
export function Shell() {
  const { t } = useTranslation();
  const main = useRef<HTMLElement>(null);
  const { pathname } = useLocation();
  const shown = useRef(pathname);
  useEffect(() => {
    // After a navigation the keyboard and the screen reader go on at the new page's start.
    if (shown.current !== pathname) main.current?.focus();
    shown.current = pathname;
  }, [pathname]);
  return (
    <>
      <a className={styles.skip} href="#content">
        {t("common.skipToContent")}
      </a>
      <Header />
      <main id="content" ref={main} tabIndex={-1} className={styles.main}>
        <Outlet />
      </main>
      <ScrollRestoration />
      <Suspense>
        <LiveEvents />
      </Suspense>
    </>
  );
}
