// Requirements: E8
import { Form, Input, Modal } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { updateDataset } from "@/api/datasets";
import { asProblem } from "@/api/problems";
import type { Dataset } from "@/api/types";
import { showAtFields } from "@/kit/formProblem";
import { notify } from "@/kit/notices";
import { ProblemAlert } from "@/kit/ProblemAlert";
import { useAction } from "@/kit/useAction";
import { NameField } from "./NameField";
import { useDatasetsChanged } from "./queries";
import styles from "./datasets.module.css";

interface Fields {
  name: string;
  description: string;
}

interface Props {
  dataset: Dataset;
  onClose: () => void;
}

/** Name and description; a public data set keeps its name, since notebooks of others read it. */
export function EditDialog({ dataset, onClose }: Props) {
  const { t } = useTranslation();
  const changed = useDatasetsChanged();
  const [form] = Form.useForm<Fields>();
  const [error, setError] = useState<unknown>(null);
  const [proposal, setProposal] = useState<string>();
  const isPublic = dataset.is_public === 1;
  const save = useAction(async ({ name, description }: Fields) => {
    setError(null);
    setProposal(undefined);
    const isRenamed = name.trim() !== dataset.name;
    try {
      await updateDataset(dataset.id, {
        description,
        ...(isRenamed && !isPublic ? { name: name.trim() } : {}),
      });
      notify.success(t("common.saved"));
      onClose();
      await changed();
    } catch (thrown) {
      setProposal(asProblem(thrown).proposal);
      setError(showAtFields(form, thrown));
    }
  });
  return (
    <Modal
      open
      width={640}
      title={t("datasets.edit.title", { name: dataset.name })}
      onCancel={onClose}
      okText={t("common.actions.save")}
      cancelText={t("common.actions.cancel")}
      okButtonProps={{ htmlType: "submit", form: "edit-dataset", loading: save.isRunning }}
    >
      <ProblemAlert error={error} className={styles.problem} />
      <Form
        id="edit-dataset"
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ name: dataset.name, description: dataset.description }}
        onFinish={save.run}
      >
        <NameField
          disabled={isPublic}
          hint={t(isPublic ? "datasets.edit.publicNameHint" : "datasets.edit.nameHint")}
          proposal={proposal}
        />
        <Form.Item
          name="description"
          label={t("datasets.create.description")}
          extra={t("datasets.edit.descriptionHint")}
        >
          <Input.TextArea autoSize={{ minRows: 6, maxRows: 16 }} maxLength={2000} />
        </Form.Item>
      </Form>
    </Modal>
  );
}
