// Requirements: A1
import { useQueryClient } from "@tanstack/react-query";
import { Alert } from "antd";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { Navigate, useNavigate, useSearchParams } from "react-router";
import { signIn } from "@/api/auth";
import { LanguageSwitch } from "@/app/LanguageSwitch";
import { Logo } from "@/app/Logo";
import { ThemeSwitch } from "@/app/ThemeSwitch";
import { ProblemAlert } from "@/kit/ProblemAlert";
import { useAction } from "@/kit/useAction";
import { readNext } from "./next";
import { sessionEndedKey, sessionKey, useSession } from "./session";
import { SignInForm } from "./SignInForm";
import styles from "./auth.module.css";

export function SignInPage() {
  const { t } = useTranslation();
  const [search] = useSearchParams();
  const next = readNext(search.get("next"));
  const session = useSession();
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const submit = useAction(async (username: string, password: string) => {
    const signedIn = await signIn(username, password);
    if (next.isFullLoad) {
      window.location.assign(next.path);
      return;
    }
    queryClient.clear();
    queryClient.setQueryData(sessionKey, signedIn);
    await navigate(next.path, { replace: true });
  });
  const hasEnded = queryClient.getQueryData(sessionEndedKey) === true;
  useEffect(() => {
    document.title = `${t("auth.signIn.title")} · ${t("common.productName")}`;
  }, [t]);
  if (session.data && !submit.isRunning) {
    // A page of another server is gone to only after a sign-in, lest two send one to and fro.
    return <Navigate to={next.isFullLoad ? "/" : next.path} replace />;
  }
  return (
    <div className={styles.page}>
      <div className={styles.tools}>
        <LanguageSwitch />
        <ThemeSwitch />
      </div>
      <main className={styles.card}>
        <Logo size={48} />
        <h1>{t("common.productName")}</h1>
        <p className={styles.lead}>{t("auth.signIn.lead")}</p>
        {hasEnded && !submit.error ? (
          <Alert className={styles.problem} type="info" showIcon title={t("auth.signIn.expired")} />
        ) : null}
        <ProblemAlert className={styles.problem} error={submit.error} />
        <SignInForm isRunning={submit.isRunning} onSubmit={submit.run} />
        <p className={styles.note}>{t("auth.signIn.noAccount")}</p>
      </main>
    </div>
  );
}
