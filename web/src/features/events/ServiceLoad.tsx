// Requirements: C4
import { useTranslation } from "react-i18next";
import type { Service } from "@/api/types";
import { Facts } from "@/kit/Facts";
import { useFormat } from "@/kit/format";
import { useLoad } from "./load";
import { Spark } from "./Spark";
import styles from "./events.module.css";

/** What my service uses, as it goes: two small plots, how long it has run and may still idle. */
export function ServiceLoad({ service }: { service: Service }) {
  const { t } = useTranslation();
  const format = useFormat();
  const samples = useLoad();
  const now = samples.at(-1);
  const memoryShares = samples.map(({ memory_bytes, memory_limit_bytes }) =>
    memory_bytes == null ? null : memory_bytes / memory_limit_bytes,
  );
  if (now?.memory_bytes == null) return null; // Not every engine can tell.
  const plots = [
    {
      name: t("live.cpu"),
      text:
        now.cpu_fraction == null
          ? t("live.unknown")
          : t("live.cpuOf", {
              percent: format.percent(now.cpu_fraction),
              cores: t("live.cores", { count: now.cpu_limit }),
            }),
      values: samples.map(({ cpu_fraction }) => cpu_fraction),
    },
    {
      name: t("live.memory"),
      text: t("live.memoryOf", {
        used: format.bytes(now.memory_bytes),
        limit: format.bytes(now.memory_limit_bytes),
      }),
      values: memoryShares,
    },
  ];
  const times: [string, string][] = [];
  if (service.started_at) {
    const seconds = (now.at - Date.parse(service.started_at)) / 1000;
    times.push([t("live.uptime"), format.duration(Math.max(1, seconds))]);
  }
  if (now.idle_seconds_left != null) {
    times.push([t("live.idle"), format.duration(now.idle_seconds_left)]);
  }
  return (
    <>
      <div className={styles.load} role="group" aria-label={t("live.title")}>
        {plots.map(({ name, text, values }) => (
          <div key={name} className={styles.plot}>
            <dl>
              <dt>{name}</dt>
              <dd>{text}</dd>
            </dl>
            <Spark values={values} />
          </div>
        ))}
      </div>
      {times.length > 0 ? (
        <div className={styles.times}>
          <Facts items={times} />
        </div>
      ) : null}
    </>
  );
}
