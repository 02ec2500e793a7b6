import { Alert } from "antd";
import { useTranslation } from "react-i18next";
import type { Overview } from "@/api/admin";
import { PageHeader } from "@/kit/PageHeader";
import { QueryView } from "@/kit/QueryView";
import { Section } from "@/kit/Section";
import { useFormat } from "@/kit/format";
import { useOverview } from "./queries";
import styles from "./admin.module.css";

export function OverviewPage() {
  const { t } = useTranslation();
  const overview = useOverview();
  return (
    <>
      <PageHeader title={t("admin.overview.title")} lead={t("admin.overview.lead")} />
      <QueryView query={overview}>
        {(found) => (
          <>
            <Parts parts={found.parts} />
            <Amounts overview={found} />
          </>
        )}
      </QueryView>
    </>
  );
}

type PartName = "database" | "cache" | "engine";

function Parts({ parts }: { parts: Overview["parts"] }) {
  const { t } = useTranslation();
  const isWell = parts.every(({ is_healthy }) => is_healthy);
  return (
    <Section title={t("admin.overview.parts")}>
      {isWell ? null : (
        <Alert
          className={styles.notice}
          type="warning"
          showIcon
          title={t("admin.overview.awayHint")}
        />
      )}
      <ul className={styles.parts}>
        {parts.map(({ name, is_healthy }) => (
          <li key={name} data-healthy={is_healthy}>
            <span>{t(`admin.overview.part.${name as PartName}`)}</span>
            <span className={styles.answer}>
              {t(is_healthy ? "admin.overview.well" : "admin.overview.away")}
            </span>
          </li>
        ))}
      </ul>
    </Section>
  );
}

function Amounts({ overview }: { overview: Overview }) {
  const { t } = useTranslation();
  const format = useFormat();
  const amounts: [string, string, string?][] = [
    [
      t("admin.overview.users"),
      format.number(overview.user_count),
      t("admin.overview.ofThemActive", { count: overview.active_user_count }),
    ],
    [
      t("admin.overview.running"),
      overview.running_count == null
        ? t("admin.overview.unknown")
        : format.number(overview.running_count),
    ],
    [
      t("admin.overview.projects"),
      format.number(overview.project_count),
      t("admin.overview.publicCount", { count: overview.public_project_count }),
    ],
    [
      t("admin.overview.datasets"),
      format.number(overview.dataset_count),
      t("admin.overview.publicCount", { count: overview.public_dataset_count }),
    ],
    [t("admin.overview.free"), format.bytes(overview.free_bytes)],
    [t("admin.overview.pages"), format.number(overview.connected_pages)],
  ];
  return (
    <Section title={t("admin.overview.amounts")}>
      <dl className={styles.amounts}>
        {amounts.map(([name, amount, hint]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{amount}</dd>
            {hint ? <dd className={styles.amountHint}>{hint}</dd> : null}
          </div>
        ))}
      </dl>
    </Section>
  );
}
