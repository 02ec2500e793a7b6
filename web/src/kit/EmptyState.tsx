import type { ReactNode } from "react";
import styles from "./kit.module.css";

interface Props {
  icon: ReactNode;
  title: string;
  hint: string;
  action?: ReactNode;
  /** When it is all that the page shows, its title is the page's heading. */
  isPage?: boolean;
}

/** Nothing is here yet, and what to do about it. */
export function EmptyState({ icon, title, hint, action, isPage = false }: Props) {
  const Title = isPage ? "h1" : "p";
  return (
    <div className={styles.empty}>
      <span className={styles.emptyIcon} aria-hidden="true">
        {icon}
      </span>
      <Title className={styles.emptyTitle}>{title}</Title>
      <p className={styles.hint}>{hint}</p>
      {action}
    </div>
  );
}
