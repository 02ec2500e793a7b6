// Requirements: E9
import { Form, Modal } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { forkDataset } from "@/api/datasets";
import { asProblem } from "@/api/problems";
import type { Dataset } from "@/api/types";
import { showAtFields } from "@/kit/formProblem";
import { notify } from "@/kit/notices";
import { ProblemAlert } from "@/kit/ProblemAlert";
import { useAction } from "@/kit/useAction";
import { NameField } from "./NameField";
import { useDatasetsChanged } from "./queries";
import styles from "./datasets.module.css";

interface Props {
  dataset: Dataset;
  onClose: () => void;
}

/** A copy of a public data set for oneself, under a name of one's own. */
export function ForkDialog({ dataset, onClose }: Props) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const changed = useDatasetsChanged();
  const [form] = Form.useForm<{ name: string }>();
  const [error, setError] = useState<unknown>(null);
  const [proposal, setProposal] = useState<string>();
  const fork = useAction(async ({ name }: { name: string }) => {
    setError(null);
    setProposal(undefined);
    try {
      const made = await forkDataset(dataset.id, name.trim());
      notify.success(t("datasets.fork.done", { name: made.name }));
      onClose();
      await navigate(`/datasets/${made.id}`);
      await changed();
    } catch (thrown) {
      setProposal(asProblem(thrown).proposal);
      setError(showAtFields(form, thrown));
    }
  });
  return (
    <Modal
      open
      title={t("datasets.fork.title", { name: dataset.name })}
      onCancel={onClose}
      afterOpenChange={() => {
        form.focusField("name");
      }}
      okText={t("datasets.fork.action")}
      cancelText={t("common.actions.cancel")}
      okButtonProps={{ htmlType: "submit", form: "fork-dataset", loading: fork.isRunning }}
    >
      <p>{t("datasets.fork.hint")}</p>
      <ProblemAlert error={error} className={styles.problem} />
      <Form
        id="fork-dataset"
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ name: dataset.name }}
        onFinish={fork.run}
      >
        <NameField hint={t("datasets.create.nameHint")} proposal={proposal} />
      </Form>
    </Modal>
  );
}
