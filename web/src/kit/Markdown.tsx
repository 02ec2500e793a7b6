import { lazy, Suspense } from "react";
import styles from "./markdown.module.css";

const LoadedMarkdown = lazy(async () => ({
  default: (await import("./LoadedMarkdown")).LoadedMarkdown,
}));

/** A text that a user wrote in Markdown. It is shown plain until the renderer is loaded. */
export function Markdown({ text }: { text: string }) {
  return (
    <Suspense fallback={<div className={styles.plain}>{text}</div>}>
      <LoadedMarkdown text={text} />
    </Suspense>
  );
}
