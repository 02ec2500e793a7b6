import { useTranslation } from "react-i18next";
import type { Service } from "@/api/types";
import styles from "./notebooks.module.css";

/** The state in words with a coloured dot, so that colour is not all that tells it. */
export function StateTag({ service }: { service: Service }) {
  const { t } = useTranslation();
  const state = service.queue_position === null ? service.state : "waiting";
  return (
    <span className={styles.state} data-state={state} role="status">
      {t(`notebooks.state.${state}`)}
    </span>
  );
}
