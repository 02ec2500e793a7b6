import { showErrorMessage } from "@jupyterlab/apputils";
import { addIcon, folderIcon, newFolderIcon, refreshIcon } from "@jupyterlab/ui-components";
import * as React from "react";

import { IconButton, Notice, PanelHeader, useShown, useSignal, type SidePanel } from "../kit/panel";
import type { Row } from "../kit/rows";
import { Tree } from "../kit/tree";
import type { FoundSnippet } from "../platform/model";
import type { IPlatform } from "../platform/token";
import { deleteNode, editSnippet, makeFolder, moveNode } from "./forms";
import type { Insertion } from "./insertion";
import { searchLibrary, searchNotice, type Answer } from "./nodes";
import { foundRows, libraryRows, ownRows, type Doings } from "./rows";
import type { SnippetStore } from "./store";

const OWN = "own";
const LIBRARY = "library";
const TYPING_MS = 250;

interface Props {
  platform: IPlatform;
  store: SnippetStore;
  insertion: Insertion;
  insertAs: () => "cell" | "text";
  save: () => void;
  panel: SidePanel;
}

/** The panel of snippets: one's own as a tree, the library, and a search in both. */
export function SnippetsPanel(props: Props): React.ReactElement {
  const { platform, store, save, panel } = props;
  const { trans } = platform;
  const [query, setQuery] = React.useState("");
  const [open, setOpen] = React.useState<ReadonlySet<string>>(new Set([OWN, LIBRARY]));
  const [selected, setSelected] = React.useState<string | null>(null);
  const revision = useSignal(store.changed);
  useShown(panel, () => void store.refresh());
  const words = query.trim();
  const answer = useSearch(store, words, revision);
  const doings = useDoings(props);

  const isSearch = words !== "";
  const own = isSearch
    ? foundRows(answer.items, doings, platform)
    : ownRows(store.tree?.nodes ?? [], doings, platform);
  const groups = isSearch ? searchLibrary(store.library, query) : store.library;
  const notice = isSearch ? searchNotice(answer, words, groups.length) : null;
  const rows: Row[] = [
    { key: OWN, label: trans.__("My snippets"), icon: folderIcon, children: own },
    {
      key: LIBRARY,
      label: trans.__("OpsForge's library"),
      icon: folderIcon,
      children: libraryRows(groups, doings, platform),
    },
  ];
  const everyGroup = groups.map((group) => `library/${group.name}`);
  const shownOpen = isSearch ? new Set([OWN, LIBRARY, ...everyGroup]) : open;
  return (
    <>
      <PanelHeader title={trans.__("Snippets")}>
        <IconButton
          label={trans.__("Save the selected cells as a snippet")}
          icon={addIcon}
          onClick={save}
        />
        <IconButton
          label={trans.__("New folder")}
          icon={newFolderIcon}
          onClick={() => void makeFolder(store, trans)}
        />
        <IconButton
          label={trans.__("Refresh")}
          icon={refreshIcon}
          onClick={() => void store.refresh()}
        />
      </PanelHeader>
      <input
        type="search"
        className="jp-mod-styled opsforge-Search"
        placeholder={trans.__("Title, tag or code")}
        aria-label={trans.__("Search snippets")}
        value={query}
        onChange={(event) => setQuery(event.target.value)}
      />
      {store.error && <Notice kind="error">{store.error}</Notice>}
      {!store.tree && !store.error && <Notice kind="busy">{trans.__("Loading…")}</Notice>}
      {store.tree && (
        <Tree
          label={trans.__("Snippets")}
          rows={rows}
          open={shownOpen}
          selected={selected}
          onSelect={setSelected}
          onToggle={(key) => setOpen(toggled(open, key))}
        />
      )}
      {store.tree && !isSearch && own.length === 0 && (
        <Notice kind="empty">
          {trans.__(
            "You have no snippets yet. Select cells in a notebook and press + to keep their code here.",
          )}
        </Notice>
      )}
      {notice === "busy" && <Notice kind="busy">{trans.__("Searching…")}</Notice>}
      {notice === "failed" && <Notice kind="error">{answer.error}</Notice>}
      {notice === "empty" && (
        <Notice kind="empty">{trans.__("Nothing contains all these words.")}</Notice>
      )}
    </>
  );
}

function toggled(open: ReadonlySet<string>, key: string): ReadonlySet<string> {
  const next = new Set(open);
  if (!next.delete(key)) {
    next.add(key);
  }
  return next;
}

/** What the platform finds, asked a moment after the last key. */
function useSearch(store: SnippetStore, words: string, revision: number): Answer<FoundSnippet> {
  const [answer, setAnswer] = React.useState<Answer<FoundSnippet>>({
    words: "",
    items: [],
    error: null,
  });
  React.useEffect(() => {
    let isCurrent = true;
    const later = window.setTimeout(() => {
      const asked = words ? store.search(words) : Promise.resolve([]);
      asked.then(
        (items) => isCurrent && setAnswer({ words, items, error: null }),
        (error: unknown) =>
          isCurrent &&
          setAnswer({
            words,
            items: [],
            error: error instanceof Error ? error.message : String(error),
          }),
      );
    }, TYPING_MS);
    return () => {
      isCurrent = false;
      window.clearTimeout(later);
    };
  }, [store, words, revision]);
  return answer;
}

function useDoings({ platform, store, insertion, insertAs }: Props): Doings {
  const { trans } = platform;
  const withCode = (code: () => Promise<string>, use: (text: string) => void): void => {
    code().then(use, (error: unknown) => {
      void showErrorMessage(trans.__("The snippet could not be read"), String(error));
    });
  };
  const insertCell: Doings["insertCell"] = (code, language) =>
    withCode(code, (text) => insertion.asCell(text, language));
  const insertText: Doings["insertText"] = (code) =>
    withCode(code, (text) => insertion.asText(text));
  return {
    insertCell,
    insertText,
    activate: (code, language) =>
      insertAs() === "cell" ? insertCell(code, language) : insertText(code),
    drag: (event, code, language) => insertion.dragLater(event, code, language),
    edit: (id) =>
      void store
        .get(id)
        .then((snippet) => editSnippet(store, trans, snippet))
        .catch((error: unknown) =>
          showErrorMessage(trans.__("The snippet could not be read"), String(error)),
        ),
    move: (node) => void moveNode(store, trans, node),
    remove: (node) => void deleteNode(store, trans, node),
    codeOf: async (id) => (await store.get(id)).code,
  };
}
