import { useTranslation } from "react-i18next";
import type { Usage } from "@/api/uploads";
import { Facts } from "@/kit/Facts";
import { useFormat } from "@/kit/format";
import { QueryView } from "@/kit/QueryView";
import { Section } from "@/kit/Section";
import { useUsage } from "./queries";
import { UsageBars } from "./UsageBars";

/** What a user's own data takes, and how much of it is allowed. */
export function UsageSection({ userId }: { userId: number }) {
  const { t } = useTranslation();
  const usage = useUsage(userId);
  return (
    <Section title={t("users.usage.title")} hint={t("users.usage.hint")}>
      <QueryView query={usage}>{(loaded) => <UsageDetails usage={loaded} />}</QueryView>
    </Section>
  );
}

function UsageDetails({ usage }: { usage: Usage }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <>
      <UsageBars usage={usage} />
      <Facts
        items={[
          [t("users.usage.datasets"), format.bytes(usage.datasets_bytes)],
          [t("users.usage.projects"), format.bytes(usage.projects_bytes)],
          [t("users.usage.uploads"), format.bytes(usage.uploads_bytes)],
        ]}
      />
      {usage.is_complete ? null : <p>{t("users.usage.incomplete")}</p>}
    </>
  );
}
