import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useCurrentUser } from "@/features/auth/session";
import { useUsage } from "@/features/uploads/queries";
import { UsageBars } from "@/features/uploads/UsageBars";
import { QueryView } from "@/kit/QueryView";
import { Section } from "@/kit/Section";

/** What one's own data takes, in short. */
export function HomeUsage() {
  const { t } = useTranslation();
  const usage = useUsage(useCurrentUser().id);
  return (
    <Section
      title={t("users.usage.title")}
      extra={<Link to="/account">{t("users.usage.details")}</Link>}
    >
      <QueryView query={usage}>{(loaded) => <UsageBars usage={loaded} />}</QueryView>
    </Section>
  );
}
