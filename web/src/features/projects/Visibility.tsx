import { useTranslation } from "react-i18next";
import styles from "./projects.module.css";

export function Visibility({ isPublic }: { isPublic: boolean }) {
  const { t } = useTranslation();
  return (
    <span className={styles.visibility} data-public={isPublic}>
      {t(isPublic ? "common.visibility.public" : "common.visibility.private")}
    </span>
  );
}
