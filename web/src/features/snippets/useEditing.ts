// Requirements: F5
import { Form } from "antd";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { getSnippet, updateSnippet } from "@/api/snippets";
import { asProblem } from "@/api/problems";
import type { SnippetNode } from "@/api/types";
import { showAtFields } from "@/kit/formProblem";
import { notify } from "@/kit/notices";
import { useUnsavedWarning } from "@/kit/useUnsavedWarning";
import { changesOf, draftOf, requestOf, type Draft } from "./draft";
import { useSnippetsChanged } from "./queries";

interface Conflict {
  mine: Draft;
  theirs: SnippetNode;
}

/** A form over a node that may be changed elsewhere while it is edited here. */
export function useEditing(loaded: SnippetNode) {
  const { t } = useTranslation();
  const changed = useSnippetsChanged();
  const [form] = Form.useForm<Draft>();
  const [saved, setSaved] = useState(loaded);
  const [error, setError] = useState<unknown>(null);
  const [isSaving, setSaving] = useState(false);
  const [conflict, setConflict] = useState<Conflict | null>(null);
  // A folder's form has fewer fields, and before it is there it has none.
  const fields = Form.useWatch([], form) as Partial<Draft> | undefined;
  const draft = { ...draftOf(saved), ...fields };
  const isChanged = Object.keys(changesOf(draft, draftOf(saved))).length > 0;
  useUnsavedWarning(() => isChanged && !isSaving);

  const show = (node: SnippetNode) => {
    setSaved(node);
    form.setFieldsValue(draftOf(node));
  };
  if (loaded.version > saved.version && !isSaving) {
    const isOnlyMoved = Object.keys(changesOf(draftOf(loaded), draftOf(saved))).length === 0;
    if (isOnlyMoved || !isChanged) setSaved(loaded);
  }
  const shown = useRef(draftOf(saved));
  useEffect(() => {
    form.setFieldsValue(changesOf(draftOf(saved), shown.current));
    shown.current = draftOf(saved);
  }, [form, saved]);

  const save = async (mine: Draft, over: SnippetNode = saved) => {
    setSaving(true);
    setError(null);
    try {
      const answer = await updateSnippet(over.id, requestOf(mine, over));
      show(answer);
      setConflict(null);
      notify.success(t("common.saved"));
      await changed(answer);
    } catch (thrown) {
      if (asProblem(thrown).code === "snippets.version_conflict") {
        setConflict({ mine, theirs: await getSnippet(over.id) });
      } else setError(showAtFields(form, thrown));
    } finally {
      setSaving(false);
    }
  };
  return {
    form,
    saved,
    isChanged,
    isSaving,
    error,
    conflict,
    save,
    discard: () => {
      show(saved);
      setError(null);
    },
    keepMine: async () => {
      if (conflict) await save(conflict.mine, conflict.theirs);
    },
    takeTheirs: async () => {
      if (!conflict) return;
      show(conflict.theirs);
      setConflict(null);
      await changed(conflict.theirs);
    },
    closeConflict: () => {
      setConflict(null);
    },
  };
}
