import { Progress } from "antd";
import { useTranslation } from "react-i18next";
import type { Progress as Step } from "@/api/types";
import styles from "./notebooks.module.css";

/** What the engine says of the start: its percentage and its words, and nothing made up. */
export function StartProgress({ step }: { step: Step | null | undefined }) {
  const { t } = useTranslation();
  return (
    <div className={styles.progress}>
      <Progress percent={step?.percent ?? 0} status="active" aria-label={t("notebooks.progress")} />
      <p aria-live="polite">{step ? t(`notebooks.steps.${step.step}`) : t("notebooks.waiting")}</p>
    </div>
  );
}
