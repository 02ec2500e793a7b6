// Requirements: C4, C6
import { Button } from "antd";
import { useTranslation } from "react-i18next";
import type { RunningService } from "@/api/admin";
import { flavourLabel } from "@/features/notebooks/flavours";
import { useFlavours } from "@/features/notebooks/service";
import { StateTag } from "@/features/notebooks/StateTag";
import { useLanguage } from "@/i18n";
import { EmptyState } from "@/kit/EmptyState";
import { PagedView } from "@/kit/PagedView";
import { PageHeader } from "@/kit/PageHeader";
import { useFormat } from "@/kit/format";
import { DesktopIcon, PoweroffIcon } from "@/kit/icons";
import { notify } from "@/kit/notices";
import { useConfirm } from "@/kit/useConfirm";
import { FlavourTable } from "./FlavourTable";
import { useRunningServices, useStopService } from "./queries";
import styles from "./admin.module.css";

export function ServicesPage() {
  const { t } = useTranslation();
  const services = useRunningServices();
  return (
    <>
      <PageHeader title={t("admin.services.title")} lead={t("admin.services.lead")} />
      <PagedView
        query={services}
        empty={
          <EmptyState
            icon={<DesktopIcon />}
            title={t("admin.services.emptyTitle")}
            hint={t("admin.services.emptyHint")}
          />
        }
      >
        {(items) => <ServiceTable services={items} now={services.dataUpdatedAt} />}
      </PagedView>
      <FlavourTable />
    </>
  );
}

const columns = ["name", "state", "flavour", "cpu", "memory", "uptime", "idle"] as const;

interface TableProps {
  services: readonly RunningService[];
  /** When they were looked at, in milliseconds. */
  now: number;
}

function ServiceTable({ services, now }: TableProps) {
  const { t } = useTranslation();
  return (
    <div className={styles.scroll}>
      <table className={styles.table}>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column} scope="col">
                {t(`admin.services.${column}`)}
              </th>
            ))}
            <th scope="col">
              <span className="visually-hidden">{t("admin.services.actions")}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {services.map((service) => (
            <ServiceRow key={service.id} service={service} now={now} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function ServiceRow({ service, now }: { service: RunningService; now: number }) {
  const { t } = useTranslation();
  const format = useFormat();
  const language = useLanguage();
  const flavour = useFlavours().data?.find(({ name }) => name === service.flavour);
  const { name, load, started_at, last_activity_at } = service;
  const seconds = started_at ? (now - Date.parse(started_at)) / 1000 : null;
  return (
    <tr>
      <th scope="row">{name}</th>
      <td>
        <StateTag service={service} />
      </td>
      <td>{flavour ? flavourLabel(flavour, language) : service.flavour}</td>
      <td className={styles.figure}>
        {load?.cpu_fraction == null ? "–" : format.percent(load.cpu_fraction)}
      </td>
      <td className={styles.figure}>
        {load?.memory_bytes == null ? "–" : format.bytes(load.memory_bytes)}
      </td>
      <td className={styles.figure}>{seconds === null ? "–" : format.duration(seconds)}</td>
      <td className={styles.figure}>
        {last_activity_at ? format.relative(last_activity_at) : t("common.never")}
      </td>
      <td className={styles.rowActions}>
        <StopButton name={name} />
      </td>
    </tr>
  );
}

function StopButton({ name }: { name: string }) {
  const { t } = useTranslation();
  const confirm = useConfirm();
  const stop = useStopService();
  return (
    <Button
      icon={<PoweroffIcon />}
      aria-label={t("admin.services.stop", { name })}
      title={t("admin.services.stop", { name })}
      onClick={() => {
        confirm({
          title: t("admin.services.stopQuestion", { name }),
          content: t("admin.services.stopWarning"),
          action: t("admin.services.stopAction"),
          onConfirm: async () => {
            await stop(name);
            notify.success(t("admin.services.stopped", { name }));
          },
        });
      }}
    />
  );
}
