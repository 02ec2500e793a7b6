// Requirements: D16
import { Form, Radio } from "antd";
import { useTranslation } from "react-i18next";
import { shareProject } from "@/api/projects";
import type { Project } from "@/api/types";
import { useDatasetsChanged } from "@/features/datasets/queries";
import { notify } from "@/kit/notices";
import { FormDialog } from "./FormDialog";
import { NameField } from "./NameField";
import { useProjectsChanged } from "./queries";
import { useNamedForm } from "./useNamedForm";
import styles from "./projects.module.css";

interface Fields {
  name: string;
  keep: boolean;
}

interface Props {
  project: Project;
  onClose: () => void;
}

/** Make a project public, with its data sets. */
export function ShareDialog({ project, onClose }: Props) {
  const { t } = useTranslation();
  const changed = useProjectsChanged();
  const datasetsChanged = useDatasetsChanged();
  const named = useNamedForm<Fields>(async ({ name, keep }) => {
    await shareProject(project.id, { name, keep_working_copy: keep });
    notify.success(t("projects.share.done", { name }));
    await Promise.all([changed(), datasetsChanged()]);
    onClose();
  });
  const own = project.datasets.filter((dataset) => !dataset.is_public);
  return (
    <FormDialog
      title={t("projects.share.title", { name: project.name })}
      action={t("projects.share.submit")}
      named={named}
      initialValues={{ name: project.name, keep: true }}
      onClose={onClose}
    >
      <p className={styles.lead}>{t("projects.share.lead")}</p>
      <NameField
        label={t("projects.share.name")}
        hint={t("projects.share.nameHint")}
        proposal={named.proposal}
        onAccept={named.accept}
      />
      <Form.Item name="keep" label={t("projects.share.copy")}>
        <Radio.Group className={styles.choices}>
          {([true, false] as const).map((isKept) => (
            <Radio key={String(isKept)} value={isKept}>
              {t(isKept ? "projects.share.keep" : "projects.share.move")}
              <span className={styles.choiceHint}>
                {t(isKept ? "projects.share.keepHint" : "projects.share.moveHint")}
              </span>
            </Radio>
          ))}
        </Radio.Group>
      </Form.Item>
      {own.length > 0 ? (
        <p className={styles.lead}>
          {t("projects.share.datasets", { names: own.map(({ name }) => name).join(", ") })}
        </p>
      ) : null}
    </FormDialog>
  );
}
