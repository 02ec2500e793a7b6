import { Alert, Progress } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Usage } from "@/api/uploads";
import { useFormat } from "@/kit/format";
import { percentOf } from "@/kit/upload/progress";
import styles from "./uploads.module.css";

const nearlyFull = 90;

/** What a user's own data takes of what is allowed, and what to do when that is nearly all. */
export function UsageBars({ usage }: { usage: Usage }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { size_bytes: size, file_count: count, quota_bytes, quota_files } = usage;
  const used = format.bytes(size);
  const bytes =
    quota_bytes === null
      ? t("users.usage.noLimit", { used })
      : t("users.usage.of", { used, quota: format.bytes(quota_bytes) });
  const files =
    quota_files === null
      ? t("users.usage.fileCount", { count })
      : t("users.usage.filesOf", { count, quota: quota_files });
  const measures = [
    {
      name: t("users.usage.title"),
      text: bytes,
      percent: quota_bytes === null ? null : percentOf(size, quota_bytes),
    },
    {
      name: t("users.usage.files"),
      text: files,
      percent: quota_files === null ? null : percentOf(count, quota_files),
    },
  ];
  const fullest = Math.max(...measures.map(({ percent }) => percent ?? 0));
  return (
    <>
      {measures.map(({ name, text, percent }) => (
        <div key={name} className={styles.usage}>
          <p>{text}</p>
          {percent === null ? null : (
            <Progress
              percent={percent}
              status={percent >= nearlyFull ? "exception" : "normal"}
              format={() => `${percent} %`}
              aria-label={name}
            />
          )}
        </div>
      ))}
      {fullest >= nearlyFull ? <NearlyFull isFull={fullest >= 100} /> : null}
    </>
  );
}

function NearlyFull({ isFull }: { isFull: boolean }) {
  const { t } = useTranslation();
  return (
    <Alert
      className={styles.nearlyFull}
      type="warning"
      showIcon
      title={t(isFull ? "users.usage.full" : "users.usage.nearlyFull")}
      description={
        <>
          {t("users.usage.advice")} <Link to="/datasets">{t("users.usage.toDatasets")}</Link>
          {" · "}
          <Link to="/projects">{t("users.usage.toProjects")}</Link>
        </>
      }
    />
  );
}
