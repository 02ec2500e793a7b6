import { Alert } from "antd";
import { useTranslation } from "react-i18next";
import { splitFailure } from "./failure";
import styles from "./notebooks.module.css";

interface Props {
  failure: string;
  /** Stands above the reason, which the engine says in English. */
  title?: string;
}

/** Why a start failed, with the end of the log for whoever can read it. */
export function FailureNotice({ failure, title }: Props) {
  const { t } = useTranslation();
  const { reason, log } = splitFailure(failure);
  const details = log ? (
    <details className={styles.log} open>
      <summary>{t("notebooks.logTail")}</summary>
      {/* A long log is scrolled by keys as well. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <pre tabIndex={0}>{log}</pre>
    </details>
  ) : null;
  return (
    <Alert
      className={styles.notice}
      type="error"
      showIcon
      role="alert"
      title={title ?? t("notebooks.door.failed")}
      description={
        <>
          <p className={styles.reason}>{reason}</p>
          {details}
        </>
      }
    />
  );
}
