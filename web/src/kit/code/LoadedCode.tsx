import { EditorState } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { useEffect, useEffectEvent, useRef } from "react";
import { loadLanguage } from "./languages";
import { editedCode, languagePart, readOnlyCode, shownCode } from "./setup";
import type { CodeProps } from "./Code";
import styles from "./code.module.css";

/** The editor itself, which is loaded when code is to be shown. */
export function LoadedCode({ id, label, value, language, onChange }: CodeProps) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(null);
  const isEdited = onChange !== undefined;
  const changed = useEffectEvent((text: string) => onChange?.(text));
  const create = useEffectEvent((parent: HTMLElement) => {
    const listener = EditorView.updateListener.of((update) => {
      if (update.docChanged) changed(update.state.doc.toString());
    });
    const attributes = EditorView.contentAttributes.of({
      "aria-label": label,
      ...(id === undefined ? {} : { id }),
      ...(isEdited ? {} : { tabindex: "0", "aria-readonly": "true" }),
    });
    const extensions = [
      shownCode,
      isEdited ? editedCode : readOnlyCode,
      languagePart.of([]),
      attributes,
      listener,
    ];
    return new EditorView({ parent, state: EditorState.create({ doc: value, extensions }) });
  });
  useEffect(() => {
    if (host.current === null) return undefined;
    const created = create(host.current);
    view.current = created;
    return () => {
      created.destroy();
    };
  }, [isEdited, label]);
  useEffect(() => {
    let isCurrent = true;
    void loadLanguage(language).then((extension) => {
      if (isCurrent) view.current?.dispatch({ effects: languagePart.reconfigure(extension) });
    });
    return () => {
      isCurrent = false;
    };
  }, [language, isEdited, label]);
  useEffect(() => {
    const state = view.current?.state;
    // What is typed comes back as the value and is there already.
    if (state === undefined || state.doc.toString() === value) return;
    view.current?.dispatch({ changes: { from: 0, to: state.doc.length, insert: value } });
  }, [value]);
  return <div ref={host} className={styles.code} />;
}
