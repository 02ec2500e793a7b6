import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { Section } from "@/kit/Section";
import styles from "./home.module.css";
import { CheckCircleIcon } from "@/kit/icons";

interface Props {
  hasDataset: boolean;
  hasProject: boolean;
}

/** For somebody who is new: what to do, in order, with what is done already. */
export function FirstSteps({ hasDataset, hasProject }: Props) {
  const { t } = useTranslation();
  const steps = [
    { key: "upload", to: "/datasets/new", isDone: hasDataset },
    { key: "create", to: "/projects?create", isDone: hasProject },
    { key: "open", to: "/projects", isDone: false },
  ] as const;
  return (
    <Section title={t("home.steps.title")} hint={t("home.steps.lead")}>
      <ol className={styles.steps}>
        {steps.map(({ key, to, isDone }) => (
          <li key={key} data-done={isDone}>
            <span className={styles.stepTitle}>
              <Link to={to}>{t(`home.steps.${key}`)}</Link>
              {isDone ? (
                <>
                  <CheckCircleIcon className={styles.done} />
                  <span className="visually-hidden">{t("home.steps.done")}</span>
                </>
              ) : null}
            </span>
            <span className={styles.stepHint}>{t(`home.steps.${key}Hint`)}</span>
          </li>
        ))}
      </ol>
      <p className={styles.other}>
        {t("home.steps.other")} <Link to="/projects/public">{t("home.steps.otherLink")}</Link>
      </p>
    </Section>
  );
}
