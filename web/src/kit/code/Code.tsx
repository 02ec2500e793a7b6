import { lazy, Suspense } from "react";
import styles from "./code.module.css";

export interface CodeProps {
  /** Given by forms. */
  id?: string;
  /** What the code is, for those who can't see where it stands. */
  label: string;
  value: string;
  language: string;
  /** Absent: the code can be read and copied only. */
  onChange?: (code: string) => void;
}

const LoadedCode = lazy(async () => ({ default: (await import("./LoadedCode")).LoadedCode }));

/** Code with colours and line numbers, to be read or edited; plain until the editor is loaded. */
export function Code(props: CodeProps) {
  const plain = (
    <div className={styles.code}>
      <pre className={styles.plain}>{props.value}</pre>
    </div>
  );
  return (
    <Suspense fallback={plain}>
      <LoadedCode {...props} />
    </Suspense>
  );
}
