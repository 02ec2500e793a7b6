import { Alert, Button } from "antd";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import type { Service } from "@/api/types";
import { needCatalogues, useLanguage } from "@/i18n";
import { Facts } from "@/kit/Facts";
import { useFormat } from "@/kit/format";
import { useConfirm } from "@/kit/useConfirm";
import { flavourLabel } from "./flavours";
import { useFlavours, useServiceActions } from "./service";
import styles from "./notebooks.module.css";
import { ExportIcon, PoweroffIcon } from "@/kit/icons";

const ServiceLoad = lazy(async () => {
  const [{ ServiceLoad }] = await Promise.all([
    import("@/features/events/ServiceLoad"),
    needCatalogues("live"),
  ]);
  return { default: ServiceLoad };
});

// Requirements: C6.
export function RunningService({ service }: { service: Service }) {
  const { t } = useTranslation();
  const format = useFormat();
  const language = useLanguage();
  const flavours = useFlavours();
  const confirm = useConfirm();
  const { stop } = useServiceActions(service.name);
  const flavour = flavours.data?.find(({ name }) => name === service.flavour);
  const facts: [string, string][] = [
    [t("notebooks.size"), flavour ? flavourLabel(flavour, language) : service.flavour],
  ];
  if (service.started_at) {
    facts.push([t("notebooks.runningSince"), format.dateTime(service.started_at)]);
  }
  if (service.last_activity_at) {
    facts.push([t("notebooks.lastActivity"), format.relative(service.last_activity_at)]);
  }
  return (
    <>
      {service.stop_when_idle ? (
        <Alert
          className={styles.notice}
          type="info"
          showIcon
          title={t("notebooks.stopsWhenIdle")}
        />
      ) : null}
      <Facts items={facts} />
      <Suspense>
        <ServiceLoad service={service} />
      </Suspense>
      <div className={styles.buttons}>
        <Button type="primary" size="large" icon={<ExportIcon />} href={service.url}>
          {t("notebooks.open")}
        </Button>
        <Button
          size="large"
          icon={<PoweroffIcon />}
          onClick={() => {
            confirm({
              title: t("notebooks.stopQuestion"),
              content: t("notebooks.stopWarning"),
              action: t("notebooks.stop"),
              onConfirm: stop,
            });
          }}
        >
          {t("notebooks.stop")}
        </Button>
      </div>
    </>
  );
}
