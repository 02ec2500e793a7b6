import {
  deleteIcon,
  editIcon,
  fileIcon,
  folderIcon,
  addBelowIcon,
  textEditorIcon,
} from "@jupyterlab/ui-components";
import type * as React from "react";

import { moveIcon, snippetsIcon } from "../kit/icons";
import type { Row, RowAction } from "../kit/rows";
import type { FoundSnippet, LibraryGroup, LibrarySnippet, SnippetNode } from "../platform/model";
import type { IPlatform } from "../platform/token";
import type { OwnNode } from "./store";

/** What the panel does with a snippet, whose code may have to be fetched. */
export interface Doings {
  insertCell: (code: () => Promise<string>, language: string) => void;
  insertText: (code: () => Promise<string>) => void;
  activate: (code: () => Promise<string>, language: string) => void;
  drag: (event: PointerEvent, code: () => Promise<string>, language: string) => void;
  edit: (id: number) => void;
  move: (node: OwnNode) => void;
  remove: (node: OwnNode) => void;
  codeOf: (id: number) => Promise<string>;
}

export const ownKey = (id: number): string => `own/${id}`;
export const libraryKey = (name: string): string => `library/${name}`;

function leaf(
  given: Pick<Row, "key" | "label" | "hint" | "title">,
  code: () => Promise<string>,
  language: string,
  doings: Doings,
  platform: IPlatform,
): Row {
  const { trans } = platform;
  const actions: RowAction[] = [
    {
      label: trans.__("Insert as cell"),
      icon: addBelowIcon,
      run: () => doings.insertCell(code, language),
    },
    {
      label: trans.__("Insert at the cursor"),
      icon: textEditorIcon,
      run: () => doings.insertText(code),
    },
  ];
  return {
    ...given,
    icon: language === "markdown" ? fileIcon : snippetsIcon,
    actions,
    activate: () => doings.activate(code, language),
    drag: (event: React.PointerEvent) => doings.drag(event.nativeEvent, code, language),
  };
}

function ownLeaf(node: OwnNode, doings: Doings, platform: IPlatform): Row {
  const path = "path" in node ? node.path.map((step) => step.title).join(" / ") : "";
  const row = leaf(
    { key: ownKey(node.id), label: node.title, hint: path, title: node.description || node.title },
    () => doings.codeOf(node.id),
    node.language,
    doings,
    platform,
  );
  row.actions?.push({
    label: platform.trans.__("Edit"),
    icon: editIcon,
    run: () => doings.edit(node.id),
  });
  row.actions?.push(...ownActions(node, doings, platform));
  return row;
}

/** What can be done with a folder or a snippet of one's own. */
function ownActions(node: OwnNode, doings: Doings, { trans }: IPlatform): RowAction[] {
  return [
    { label: trans.__("Move to…"), icon: moveIcon, run: () => doings.move(node) },
    { label: trans.__("Delete"), icon: deleteIcon, run: () => doings.remove(node) },
  ];
}

/** The user's own tree. */
export function ownRows(nodes: readonly SnippetNode[], doings: Doings, platform: IPlatform): Row[] {
  return nodes.map((node) =>
    node.kind === "folder"
      ? {
          key: ownKey(node.id),
          label: node.title,
          title: node.description || node.title,
          icon: folderIcon,
          actions: ownActions(node, doings, platform),
          children: ownRows(node.children, doings, platform),
        }
      : ownLeaf(node, doings, platform),
  );
}

/** What a search has found. */
export function foundRows(
  found: readonly FoundSnippet[],
  doings: Doings,
  platform: IPlatform,
): Row[] {
  return found.map((node) => ownLeaf(node, doings, platform));
}

/** The platform's own snippets, in the user's language. */
export function libraryRows(
  groups: readonly LibraryGroup[],
  doings: Doings,
  platform: IPlatform,
): Row[] {
  const { isChinese, trans } = platform;
  const needs = (one: LibrarySnippet): string =>
    one.requires.length ? `\n${trans.__("Install first: %1", one.requires.join(" "))}` : "";
  return groups.map((group) => ({
    key: libraryKey(group.name),
    label: isChinese ? group.label_zh : group.label_en,
    icon: folderIcon,
    children: group.snippets.map((one) =>
      leaf(
        {
          key: libraryKey(one.name),
          label: isChinese ? one.label_zh : one.label_en,
          title: (isChinese ? one.description_zh : one.description_en) + needs(one),
        },
        () => Promise.resolve(one.code),
        one.language,
        doings,
        platform,
      ),
    ),
  }));
}
