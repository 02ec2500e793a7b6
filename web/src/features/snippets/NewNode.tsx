// Requirements: F1
import { Button, Form } from "antd";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { createSnippet, createSnippetFolder } from "@/api/snippets";
import { showAtFields } from "@/kit/formProblem";
import { ProblemAlert } from "@/kit/ProblemAlert";
import { Section } from "@/kit/Section";
import { useUnsavedWarning } from "@/kit/useUnsavedWarning";
import type { Draft } from "./draft";
import { FolderFields, SnippetFields } from "./fields";
import { FolderName } from "./FolderName";
import { useSnippetsChanged } from "./queries";
import { useSelection } from "./selection";
import styles from "./snippets.module.css";

const blank: Draft = { title: "", description: "", language: "python", tags: [], code: "" };

interface Props {
  what: "folder" | "snippet";
  parentId: number | null;
}

export function NewNode({ what, parentId }: Props) {
  const { t } = useTranslation();
  const changed = useSnippetsChanged();
  const [, select] = useSelection();
  const [form] = Form.useForm<Draft>();
  const [error, setError] = useState<unknown>(null);
  const [isSaving, setSaving] = useState(false);
  const isSaved = useRef(false);
  useUnsavedWarning(() => {
    const { title, code } = form.getFieldsValue();
    return !isSaved.current && Boolean(title || code);
  });
  const save = async (draft: Draft) => {
    setSaving(true);
    setError(null);
    try {
      const create = what === "folder" ? createSnippetFolder : createSnippet;
      const created = await create({ parent_id: parentId, ...draft });
      isSaved.current = true;
      await changed(created);
      select({ kind: "node", id: created.id }, { replace: true });
    } catch (thrown) {
      setError(showAtFields(form, thrown));
    } finally {
      setSaving(false);
    }
  };
  return (
    <Section
      title={t(what === "folder" ? "snippets.newFolder" : "snippets.newSnippet")}
      hint={<FolderName id={parentId} />}
    >
      <ProblemAlert error={error} className={styles.problem} />
      <Form<Draft>
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={blank}
        onFinish={save}
      >
        {what === "folder" ? <FolderFields /> : <SnippetFields form={form} />}
        <Button type="primary" htmlType="submit" loading={isSaving}>
          {t("common.actions.create")}
        </Button>
      </Form>
    </Section>
  );
}
