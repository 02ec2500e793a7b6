// Requirements: D6
import { Checkbox, Form, Input } from "antd";
import { useTranslation } from "react-i18next";
import { updateProject } from "@/api/projects";
import type { Project } from "@/api/types";
import { useDatasetsChanged } from "@/features/datasets/queries";
import { notify } from "@/kit/notices";
import { changesOf, deletedLinks, initialSettings, type Settings } from "./changes";
import { DatasetSelect } from "./DatasetSelect";
import { FormDialog } from "./FormDialog";
import { NameField } from "./NameField";
import { useProjectsChanged } from "./queries";
import { useNamedForm } from "./useNamedForm";

interface Props {
  project: Project;
  onClose: () => void;
}

/** Name, description and data sets of a project of one's own. */
export function SettingsDialog({ project, onClose }: Props) {
  const { t } = useTranslation();
  const changed = useProjectsChanged();
  const datasetsChanged = useDatasetsChanged();
  const named = useNamedForm<Settings>(async (settings) => {
    await updateProject(project.id, changesOf(project, settings));
    notify.success(t("common.saved"));
    await Promise.all([changed(), datasetsChanged()]);
    onClose();
  });
  const gone = deletedLinks(project);
  return (
    <FormDialog
      title={t("projects.settings.title", { name: project.name })}
      action={t("common.actions.save")}
      named={named}
      initialValues={initialSettings(project)}
      onClose={onClose}
      width={600}
    >
      <NameField
        label={t("projects.create.name")}
        hint={t("projects.settings.nameHint")}
        proposal={named.proposal}
        onAccept={named.accept}
      />
      <Form.Item name="description" label={t("projects.create.description")}>
        <Input.TextArea
          autoSize={{ minRows: 2, maxRows: 8 }}
          maxLength={2000}
          placeholder={t("projects.create.descriptionHint")}
        />
      </Form.Item>
      <Form.Item
        name="dataset_ids"
        label={t("projects.create.datasets")}
        extra={t("projects.settings.datasetsHint")}
      >
        <DatasetSelect known={project.datasets} />
      </Form.Item>
      {gone.length > 0 ? (
        <Form.Item name="drop_deleted" valuePropName="checked">
          <Checkbox>
            {t("projects.settings.dropDeleted", {
              count: gone.length,
              names: gone.map(({ name }) => name).join(", "),
            })}
          </Checkbox>
        </Form.Item>
      ) : null}
      {project.public_id === null ? null : (
        <Form.Item
          name="publish"
          valuePropName="checked"
          extra={t("projects.settings.publishHint")}
        >
          <Checkbox>{t("projects.settings.publish")}</Checkbox>
        </Form.Item>
      )}
    </FormDialog>
  );
}
