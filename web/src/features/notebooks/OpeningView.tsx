import { Spin } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { ApiProblem } from "@/api/problems";
import type { Service } from "@/api/types";
import { useLanguage } from "@/i18n";
import { failureIn } from "./failure";
import { FailureNotice } from "./FailureNotice";
import { StartProgress } from "./StartProgress";
import type { Opening } from "./useOpening";
import styles from "./notebooks.module.css";

interface Props {
  opening: Opening;
  /** What could not be done, when it fails. */
  failed: string;
}

/** How far the way into a service is. */
export function OpeningView({ opening, failed }: Props) {
  const { t } = useTranslation();
  const language = useLanguage();
  const reason = (cause: Service | ApiProblem) =>
    cause instanceof ApiProblem
      ? cause.message
      : failureIn(cause, language) || t("notebooks.stoppedOnTheWay");
  switch (opening.phase) {
    case "failed":
      return (
        <>
          <FailureNotice title={failed} failure={reason(opening.cause)} />
          <p className={styles.phase}>
            <Link to="/">{t("notebooks.openProject.otherSize")}</Link>
          </p>
        </>
      );
    case "starting":
      return (
        <>
          <p className={styles.phase}>{t("notebooks.openProject.starting")}</p>
          <StartProgress step={opening.step} />
        </>
      );
    case "checking":
    case "leaving":
      return (
        <p className={styles.phase} role="status">
          <Spin size="small" /> {t(`notebooks.openProject.${opening.phase}`)}
        </p>
      );
  }
}
