// Requirements: D7
import { Form, Input } from "antd";
import { useTranslation } from "react-i18next";
import { updatePublicProject } from "@/api/publicProjects";
import type { PublicProject } from "@/api/types";
import { notify } from "@/kit/notices";
import { DatasetSelect } from "./DatasetSelect";
import { FormDialog } from "./FormDialog";
import { useProjectsChanged } from "./queries";
import { useNamedForm } from "./useNamedForm";

interface Fields {
  name?: never;
  description: string;
  dataset_ids: number[];
}

interface Props {
  project: PublicProject;
  onClose: () => void;
}

/** Description and data sets of a public project; its files stay as they are. */
export function PublicSettingsDialog({ project, onClose }: Props) {
  const { t } = useTranslation();
  const changed = useProjectsChanged();
  const named = useNamedForm<Fields>(async ({ description, dataset_ids }) => {
    await updatePublicProject(project.id, { description, dataset_ids });
    notify.success(t("common.saved"));
    await changed();
    onClose();
  });
  return (
    <FormDialog
      title={t("projects.settings.title", { name: project.name })}
      action={t("common.actions.save")}
      named={named}
      initialValues={{
        description: project.description,
        dataset_ids: project.datasets.flatMap(({ id }) => (id === null ? [] : [id])),
      }}
      onClose={onClose}
      focus="description"
    >
      <Form.Item name="description" label={t("projects.create.description")}>
        <Input.TextArea autoSize={{ minRows: 2, maxRows: 8 }} maxLength={2000} />
      </Form.Item>
      <Form.Item
        name="dataset_ids"
        label={t("projects.create.datasets")}
        extra={t("projects.settings.publicDatasetsHint")}
      >
        <DatasetSelect known={project.datasets} isPublicOnly />
      </Form.Item>
    </FormDialog>
  );
}
