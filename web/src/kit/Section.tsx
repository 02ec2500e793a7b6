import { useId, type ReactNode } from "react";
import styles from "./kit.module.css";

interface Props {
  title: string;
  extra?: ReactNode;
  hint?: ReactNode;
  children: ReactNode;
}

/** A titled box on a page. */
export function Section({ title, extra, hint, children }: Props) {
  const id = useId();
  return (
    <section className={styles.section} aria-labelledby={id}>
      <div className={styles.sectionHeader}>
        <h2 id={id}>{title}</h2>
        {extra}
      </div>
      {hint ? <p className={styles.hint}>{hint}</p> : null}
      {children}
    </section>
  );
}
