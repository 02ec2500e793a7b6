// Requirements: B4
import { useTranslation } from "react-i18next";
import { useCurrentUser } from "@/features/auth/session";
import { UsageSection } from "@/features/uploads/UsageSection";
import { Facts } from "@/kit/Facts";
import { useFormat } from "@/kit/format";
import { PageHeader } from "@/kit/PageHeader";
import { Section } from "@/kit/Section";
import { DetailsForm } from "./DetailsForm";
import { PasswordForm } from "./PasswordForm";
import { TokensSection } from "./TokensSection";
import styles from "./users.module.css";

export function AccountPage() {
  const { t } = useTranslation();
  const format = useFormat();
  const user = useCurrentUser();
  return (
    <>
      <PageHeader title={t("users.account.title")} />
      <div className={styles.columns}>
        <Section title={t("users.account.details")}>
          <div className={styles.facts}>
            <Facts
              items={[
                [t("users.account.username"), user.username],
                [
                  t("users.account.role"),
                  t(user.is_admin ? "users.account.admin" : "users.account.member"),
                ],
                [t("users.account.since"), format.date(user.created_at)],
              ]}
            />
          </div>
          <DetailsForm user={user} />
        </Section>
        <Section title={t("users.password.title")} hint={t("users.password.hint")}>
          <PasswordForm username={user.username} />
        </Section>
      </div>
      <UsageSection userId={user.id} />
      <TokensSection />
    </>
  );
}
