import { useEffect, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import styles from "./kit.module.css";

interface Props {
  title: string;
  /** A word or two beside the title. */
  mark?: ReactNode;
  lead?: ReactNode;
  actions?: ReactNode;
}

/** The page's heading, what can be done here, and the title of the browser's tab. */
export function PageHeader({ title, mark, lead, actions }: Props) {
  const { t } = useTranslation();
  useEffect(() => {
    document.title = `${title} · ${t("common.productName")}`;
  }, [title, t]);
  return (
    <header className={styles.pageHeader}>
      <div className={styles.pageHeaderText}>
        {mark ? (
          <div className={styles.titleLine}>
            <h1>{title}</h1>
            {mark}
          </div>
        ) : (
          <h1>{title}</h1>
        )}
        {lead ? <p>{lead}</p> : null}
      </div>
      {actions ? <div className={styles.actions}>{actions}</div> : null}
    </header>
  );
}
