// Requirements: D1
import { Checkbox, Form, Input } from "antd";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { createProject } from "@/api/projects";
import { notify } from "@/kit/notices";
import { DatasetSelect } from "./DatasetSelect";
import { FormDialog } from "./FormDialog";
import { NameField } from "./NameField";
import { StarterChoice } from "./StarterChoice";
import { useProjectsChanged, useStarters } from "./queries";
import { exampleOf, lacksDataset } from "./starterGroups";
import { useNamedForm } from "./useNamedForm";

interface Fields {
  name: string;
  description: string;
  starter: string;
  dataset_ids: number[];
  /** Whether the example that comes with the starter is linked as well. */
  link_example: boolean;
}

interface Props {
  datasetIds: number[];
  onClose: () => void;
}

export function NewProjectDialog({ datasetIds, onClose }: Props) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const changed = useProjectsChanged();
  const named = useNamedForm<Fields>(async (fields) => {
    const project = await createProject(fields);
    notify.success(t("projects.create.created", { name: project.name }));
    await changed();
    await navigate(`/projects/${project.id}`);
  });
  return (
    <FormDialog
      title={t("projects.create.title")}
      action={t("projects.create.submit")}
      named={named}
      initialValues={{
        name: "",
        description: "",
        starter: "blank",
        dataset_ids: datasetIds,
        link_example: true,
      }}
      onClose={onClose}
      width={720}
    >
      <NameField
        label={t("projects.create.name")}
        hint={t("projects.create.nameHint")}
        proposal={named.proposal}
        onAccept={named.accept}
      />
      <WhatItBeginsWith />
    </FormDialog>
  );
}

function WhatItBeginsWith() {
  const { t } = useTranslation();
  const { data: starters = [] } = useStarters();
  const starter = Form.useWatch<string | undefined>("starter");
  const example = exampleOf(starters, starter ?? "");
  return (
    <>
      <Form.Item name="starter" label={t("projects.create.starter")}>
        <StarterChoice />
      </Form.Item>
      {example === null ? null : (
        <Form.Item name="link_example" valuePropName="checked">
          <Checkbox>{t("projects.create.linkExample", { name: example })}</Checkbox>
        </Form.Item>
      )}
      <Form.Item
        name="dataset_ids"
        label={t("projects.create.datasets")}
        extra={t("projects.create.datasetsHint")}
        dependencies={["starter", "link_example"]}
        rules={[
          ({ getFieldsValue }) => ({
            validator: () =>
              lacksDataset(starters, getFieldsValue(true) as Fields)
                ? Promise.reject(new Error(t("projects.create.chooseDataset")))
                : Promise.resolve(),
          }),
        ]}
      >
        <DatasetSelect />
      </Form.Item>
      <Form.Item name="description" label={t("projects.create.description")}>
        <Input.TextArea
          autoSize={{ minRows: 2, maxRows: 6 }}
          maxLength={2000}
          placeholder={t("projects.create.descriptionHint")}
        />
      </Form.Item>
    </>
  );
}
