import { useMemo } from "react";
import { renderMarkdown } from "./renderMarkdown";
import styles from "./markdown.module.css";

export function LoadedMarkdown({ text }: { text: string }) {
  const html = useMemo(() => renderMarkdown(text), [text]);
  // `renderMarkdown` leaves nothing that runs, and the page's own policy would let nothing run.
  return <div className={styles.markdown} dangerouslySetInnerHTML={{ __html: html }} />;
}
