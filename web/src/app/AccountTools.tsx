import { Button } from "antd";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { NavLink } from "react-router";
import type { User } from "@/api/types";
import { useSignOut } from "@/features/auth/useSignOut";
import { LogoutIcon } from "@/kit/icons";
import styles from "./app.module.css";

const BusyDialog = lazy(async () => ({
  default: (await import("@/features/auth/BusyDialog")).BusyDialog,
}));

/** A surrogate pair is one character. */
function firstCharacter(name: string): string {
  return String.fromCodePoint(name.codePointAt(0) ?? 0x3f).toUpperCase();
}

/** The way to one's account, and out. */
export function AccountTools({ user }: { user: User }) {
  const { t } = useTranslation();
  const signOut = useSignOut();
  const name = user.display_name || user.username;
  return (
    <>
      <NavLink
        to="/account"
        className={styles.account}
        aria-label={t("common.accountOf", { name })}
        title={t("common.accountOf", { name })}
      >
        <span className={styles.avatar} data-letter={firstCharacter(name)} aria-hidden="true" />
        <span className={styles.accountName}>{name}</span>
      </NavLink>
      <Button
        type="text"
        icon={<LogoutIcon />}
        aria-label={t("common.signOut")}
        loading={signOut.running === "refuse"}
        onClick={() => void signOut.ask()}
      >
        <span className={styles.wide}>{t("common.signOut")}</span>
      </Button>
      {signOut.busy ? (
        <Suspense>
          <BusyDialog signOut={signOut} />
        </Suspense>
      ) : null}
    </>
  );
}
