import { Dialog, showDialog, showErrorMessage } from "@jupyterlab/apputils";

import { askAndSave, type Field } from "../kit/form";
import type { Snippet } from "../platform/model";
import type { IPlatform } from "../platform/token";
import { LIMITS } from "./limits";
import { countNodes, folderChoices, splitTags, titleOf } from "./nodes";
import type { OwnNode, SnippetDraft, SnippetStore } from "./store";

type Words = IPlatform["trans"];

function fieldsOf(draft: SnippetDraft, trans: Words): Field[] {
  return [
    { name: "title", label: trans.__("Title"), value: draft.title, maxLength: LIMITS.title },
    {
      name: "description",
      label: trans.__("Description"),
      value: draft.description,
      kind: "text",
      maxLength: LIMITS.description,
    },
    {
      name: "tags",
      label: trans.__("Tags, with commas between them"),
      value: draft.tags.join(", "),
    },
    {
      name: "language",
      label: trans.__("Language"),
      value: draft.language,
      maxLength: LIMITS.language,
    },
    { name: "code", label: trans.__("Code"), value: draft.code, kind: "code" },
  ];
}

function draftOf(values: Record<string, string>): SnippetDraft {
  return {
    title: values.title ?? "",
    description: values.description ?? "",
    language: values.language ?? "",
    tags: splitTags(values.tags ?? ""),
    code: values.code ?? "",
  };
}

/** Save code as a new snippet. */
export async function saveAsSnippet(
  store: SnippetStore,
  trans: Words,
  selected: { code: string; language: string },
): Promise<boolean> {
  if (!store.tree) {
    await store.refresh();
  }
  const draft = { ...selected, title: titleOf(selected.code), description: "", tags: [] };
  const [title, ...others] = fieldsOf(draft, trans);
  const folder: Field = {
    name: "folder",
    label: trans.__("Folder"),
    value: "",
    kind: "choice",
    choices: folderChoices(store.tree?.nodes ?? [], trans.__("My snippets")),
  };
  return askAndSave(
    {
      title: trans.__("Save as snippet"),
      fields: [...(title ? [title] : []), folder, ...others],
      accept: trans.__("Save"),
      cancel: trans.__("Cancel"),
      failed: trans.__("The snippet could not be saved"),
    },
    (values) => store.create(draftOf(values), values.folder ? Number(values.folder) : null),
  );
}

/** Make a folder. */
export async function makeFolder(store: SnippetStore, trans: Words): Promise<boolean> {
  return askAndSave(
    {
      title: trans.__("New folder"),
      fields: [
        { name: "title", label: trans.__("Title"), value: "", maxLength: LIMITS.title },
        {
          name: "folder",
          label: trans.__("In"),
          value: "",
          kind: "choice",
          choices: folderChoices(store.tree?.nodes ?? [], trans.__("My snippets")),
        },
      ],
      accept: trans.__("Create"),
      cancel: trans.__("Cancel"),
      failed: trans.__("The folder could not be made"),
    },
    (values) =>
      store.createFolder(values.title ?? "", values.folder ? Number(values.folder) : null),
  );
}

/** Change a snippet of one's own. */
export async function editSnippet(
  store: SnippetStore,
  trans: Words,
  snippet: Snippet,
): Promise<boolean> {
  return askAndSave(
    {
      title: trans.__("Edit snippet"),
      fields: fieldsOf(snippet, trans),
      accept: trans.__("Save"),
      cancel: trans.__("Cancel"),
      failed: trans.__("The snippet could not be saved"),
    },
    (values) => store.update(snippet.id, snippet.version, draftOf(values)),
  );
}

/** Move a folder or a snippet of one's own to another folder. */
export async function moveNode(store: SnippetStore, trans: Words, node: OwnNode): Promise<boolean> {
  const folder: Field = {
    name: "folder",
    label: trans.__("Folder"),
    value: node.parent_id === null ? "" : String(node.parent_id),
    kind: "choice",
    choices: folderChoices(store.tree?.nodes ?? [], trans.__("My snippets"), node.id),
  };
  return askAndSave(
    {
      title: trans.__("Move “%1” to", node.title),
      fields: [folder],
      accept: trans.__("Move"),
      cancel: trans.__("Cancel"),
      failed: trans.__("It could not be moved"),
    },
    (values) => store.move(node, values.folder ? Number(values.folder) : null),
  );
}

/** Delete a folder or a snippet of one's own, after a question. */
export async function deleteNode(store: SnippetStore, trans: Words, node: OwnNode): Promise<void> {
  const count = "children" in node ? countNodes(node) : 1;
  const answer = await showDialog({
    title: trans.__("Delete “%1”?", node.title),
    body:
      node.kind === "folder"
        ? trans.__(
            "The folder goes with all that is in it (%1 in all). This can't be undone.",
            count,
          )
        : trans.__("The snippet is deleted. This can't be undone."),
    buttons: [
      Dialog.cancelButton({ label: trans.__("Cancel") }),
      Dialog.warnButton({ label: trans.__("Delete") }),
    ],
    defaultButton: 0,
  });
  if (!answer.button.accept) {
    return;
  }
  try {
    await store.remove(node);
  } catch (error) {
    await showErrorMessage(
      trans.__("It could not be deleted"),
      error instanceof Error ? error.message : "",
    );
  }
}
