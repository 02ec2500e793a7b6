// Requirements: F5
import { Button, Form } from "antd";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import type { SnippetNode } from "@/api/types";
import { CopyButton } from "@/kit/CopyButton";
import { useFormat } from "@/kit/format";
import { ProblemAlert } from "@/kit/ProblemAlert";
import { Section } from "@/kit/Section";
import { draftOf, type Draft } from "./draft";
import { FolderCounts } from "./FolderCounts";
import { NodeActions } from "./NodeActions";
import { FolderFields, SnippetFields } from "./fields";
import { useEditing } from "./useEditing";
import styles from "./snippets.module.css";

const ConflictDialog = lazy(async () => ({
  default: (await import("./ConflictDialog")).ConflictDialog,
}));

/** A snippet or a folder of one's own, to be read and changed. */
export function NodeEditor({ node }: { node: SnippetNode }) {
  const { t } = useTranslation();
  const editing = useEditing(node);
  const { form, saved, isChanged, conflict } = editing;
  return (
    <Section
      title={saved.title}
      extra={
        <div className={styles.actions}>
          {saved.kind === "snippet" ? <CopyCode editing={editing} /> : null}
          <NodeActions node={saved} />
        </div>
      }
      hint={<Where node={saved} />}
    >
      <ProblemAlert error={editing.error} className={styles.problem} />
      <Form<Draft>
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={draftOf(saved)}
        onFinish={(draft) => editing.save({ ...draftOf(saved), ...draft })}
        onKeyDown={(event) => {
          if (event.key.toLowerCase() !== "s" || !(event.ctrlKey || event.metaKey)) return;
          event.preventDefault();
          form.submit();
        }}
      >
        {saved.kind === "snippet" ? <SnippetFields form={form} /> : <FolderFields />}
        <div className={styles.actions}>
          <Button type="primary" htmlType="submit" disabled={!isChanged} loading={editing.isSaving}>
            {t("common.actions.save")}
          </Button>
          {isChanged ? (
            <Button onClick={editing.discard}>{t("snippets.actions.discard")}</Button>
          ) : null}
        </div>
      </Form>
      {conflict ? (
        <Suspense>
          <ConflictDialog
            {...conflict}
            onMine={editing.keepMine}
            onTheirs={editing.takeTheirs}
            onCancel={editing.closeConflict}
          />
        </Suspense>
      ) : null}
    </Section>
  );
}

function CopyCode({ editing }: { editing: ReturnType<typeof useEditing> }) {
  const { t } = useTranslation();
  // Nothing is watched before the form is there.
  const code = Form.useWatch("code", editing.form) as string | undefined;
  return <CopyButton text={code ?? editing.saved.code} label={t("snippets.actions.copyCode")} />;
}

function Where({ node }: { node: SnippetNode }) {
  const { t } = useTranslation();
  const format = useFormat();
  const where = node.path.map(({ title }) => title).join(" / ");
  return (
    <span className={styles.facts}>
      {where ? <span>{t("snippets.inFolder", { folder: where })}</span> : null}
      {node.kind === "folder" ? <FolderCounts id={node.id} /> : null}
      <span>{t("snippets.updated", { when: format.relative(node.updated_at) })}</span>
    </span>
  );
}
