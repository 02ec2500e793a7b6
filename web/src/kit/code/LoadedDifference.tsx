import { unifiedMergeView } from "@codemirror/merge";
import { EditorState } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { useEffect, useRef } from "react";
import { loadLanguage } from "./languages";
import { readOnlyCode, shownCode } from "./setup";
import type { DifferenceProps } from "./Difference";
import styles from "./code.module.css";

export function LoadedDifference({ label, before, after, language }: DifferenceProps) {
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => {
    let view: EditorView | null = null;
    let isGone = false;
    void loadLanguage(language).then((colours) => {
      if (isGone || host.current === null) return;
      const extensions = [
        shownCode,
        readOnlyCode,
        colours,
        unifiedMergeView({ original: before, mergeControls: false, collapseUnchanged: {} }),
        EditorView.contentAttributes.of({ "aria-label": label, tabindex: "0" }),
      ];
      view = new EditorView({
        parent: host.current,
        state: EditorState.create({ doc: after, extensions }),
      });
    });
    return () => {
      isGone = true;
      view?.destroy();
    };
  }, [label, before, after, language]);
  return <div ref={host} className={styles.code} />;
}
