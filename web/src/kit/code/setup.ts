import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { bracketMatching, indentOnInput, syntaxHighlighting } from "@codemirror/language";
import { highlightSelectionMatches, searchKeymap } from "@codemirror/search";
import { Compartment, EditorState, type Extension } from "@codemirror/state";
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightSpecialChars,
  keymap,
  lineNumbers,
} from "@codemirror/view";
import { classHighlighter } from "@lezer/highlight";

/** What every piece of shown code has; colours come from code.module.css, for both themes. */
export const shownCode: Extension = [
  lineNumbers(),
  highlightSpecialChars(),
  syntaxHighlighting(classHighlighter),
  EditorView.lineWrapping,
];

export const readOnlyCode: Extension = [EditorState.readOnly.of(true)];

export const editedCode: Extension = [
  history(),
  drawSelection(),
  indentOnInput(),
  bracketMatching(),
  highlightActiveLine(),
  highlightSelectionMatches(),
  // Escape, then Tab leaves the editor; the page says so beside it.
  keymap.of([...defaultKeymap, ...historyKeymap, ...searchKeymap, indentWithTab]),
];

/** The part of an editor's state that holds its language. */
export const languagePart = new Compartment();
