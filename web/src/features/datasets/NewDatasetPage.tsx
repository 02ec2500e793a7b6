// Requirements: E1
import { Button, Form, Input, Radio } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { createDataset } from "@/api/datasets";
import { asProblem } from "@/api/problems";
import type { UploadFile } from "@/api/upload";
import { handOver } from "@/features/uploads/handover";
import { showAtFields } from "@/kit/formProblem";
import { nameMaxCharacters, nameRule } from "@/kit/names";
import { PageHeader } from "@/kit/PageHeader";
import { ProblemAlert } from "@/kit/ProblemAlert";
import { Section } from "@/kit/Section";
import { ChosenFiles } from "@/kit/upload/ChosenFiles";
import { mergeFiles, proposeName, withoutCommonFolder } from "@/kit/upload/collect";
import { DropArea } from "@/kit/upload/DropArea";
import { useDatasetsChanged } from "./queries";
import styles from "./datasets.module.css";
import { notify } from "@/kit/notices";

interface Fields {
  name: string;
  description: string;
  is_public: 0 | 1;
}

export function NewDatasetPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const changed = useDatasetsChanged();
  const [form] = Form.useForm<Fields>();
  const [files, setFiles] = useState<UploadFile[]>([]);
  const [error, setError] = useState<unknown>(null);
  const [isWithoutFiles, setWithoutFiles] = useState(false);
  const [proposal, setProposal] = useState<string>();
  const [isSending, setSending] = useState(false);

  const choose = (added: UploadFile[]) => {
    const merged = mergeFiles(files, added);
    if (merged.duplicates > 0) {
      notify.info(t("datasets.create.duplicates", { count: merged.duplicates }));
    }
    setFiles(merged.files);
    setWithoutFiles(false);
    if (!form.getFieldValue("name")) form.setFieldsValue({ name: proposeName(merged.files) });
  };

  const send = async (fields: Fields) => {
    setError(null);
    setProposal(undefined);
    if (files.length === 0) {
      setWithoutFiles(true);
      return;
    }
    setSending(true);
    const dataset = { ...fields, name: fields.name.trim(), isPublic: fields.is_public === 1 };
    try {
      const created = await createDataset(dataset);
      handOver(`datasets/${created.id}`, withoutCommonFolder(files));
      await changed();
      await navigate(`/datasets/${created.id}`, { replace: true });
    } catch (thrown) {
      setProposal(asProblem(thrown).proposal);
      setError(showAtFields(form, thrown));
      setSending(false);
    }
  };

  return (
    <div className={styles.narrow}>
      <PageHeader title={t("datasets.create.title")} lead={t("datasets.lead")} />
      <Form<Fields>
        form={form}
        layout="vertical"
        requiredMark={false}
        disabled={isSending}
        initialValues={{ name: "", description: "", is_public: 0 }}
        onFinish={send}
      >
        <Section title={t("datasets.create.files")}>
          <DropArea onFiles={choose} disabled={isSending} />
          {isWithoutFiles ? (
            <p className={styles.fault} role="alert">
              {t("datasets.create.filesMissing")}
            </p>
          ) : null}
          <ChosenFiles files={files} onChange={setFiles} />
        </Section>
        <Section title={t("datasets.page.about")}>
          <ProblemAlert error={error} className={styles.problem} />
          <DatasetFields
            proposal={proposal}
            onUse={(name) => {
              form.setFieldsValue({ name });
              setProposal(undefined);
              void form.validateFields(["name"]);
            }}
          />
          <Button type="primary" size="large" htmlType="submit">
            {t("datasets.create.submit")}
          </Button>
        </Section>
      </Form>
    </div>
  );
}

interface DatasetFieldsProps {
  proposal: string | undefined;
  onUse: (name: string) => void;
}

function DatasetFields({ proposal, onUse }: DatasetFieldsProps) {
  const { t } = useTranslation();
  return (
    <>
      <Form.Item
        name="name"
        label={t("datasets.create.name")}
        rules={[nameRule]}
        validateTrigger="onBlur"
        extra={
          proposal ? (
            <Button
              type="link"
              size="small"
              className={styles.proposal}
              onClick={() => {
                onUse(proposal);
              }}
            >
              {t("common.actions.use", { name: proposal })}
            </Button>
          ) : (
            t("datasets.create.nameHint")
          )
        }
      >
        <Input maxLength={nameMaxCharacters} autoComplete="off" />
      </Form.Item>
      <Form.Item name="description" label={t("datasets.create.description")}>
        <Input.TextArea
          autoSize={{ minRows: 2, maxRows: 8 }}
          maxLength={2000}
          placeholder={t("datasets.create.descriptionHint")}
        />
      </Form.Item>
      <Form.Item name="is_public" label={t("datasets.create.visibility")}>
        <Radio.Group className={styles.visibility}>
          <Radio value={0}>
            {t("datasets.create.private")}
            <span className={styles.radioHint}>{t("datasets.create.privateHint")}</span>
          </Radio>
          <Radio value={1}>
            {t("datasets.create.public")}
            <span className={styles.radioHint}>{t("datasets.create.publicHint")}</span>
          </Radio>
        </Radio.Group>
      </Form.Item>
    </>
  );
}
