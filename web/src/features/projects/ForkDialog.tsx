// Requirements: D18
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { forkProject } from "@/api/publicProjects";
import type { PublicProject } from "@/api/types";
import { notify } from "@/kit/notices";
import { FormDialog } from "./FormDialog";
import { NameField } from "./NameField";
import { useProjectsChanged } from "./queries";
import { useNamedForm } from "./useNamedForm";
import styles from "./projects.module.css";

interface Props {
  project: PublicProject;
  onClose: () => void;
}

/** Make a project of one's own of a public one. */
export function ForkDialog({ project, onClose }: Props) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const changed = useProjectsChanged();
  const named = useNamedForm<{ name: string }>(async ({ name }) => {
    const mine = await forkProject(project.id, name);
    notify.success(t("projects.fork.done", { name: mine.name }));
    await changed();
    await navigate(`/projects/${mine.id}`);
  });
  const count = project.datasets.length;
  return (
    <FormDialog
      title={t("projects.fork.title", { name: project.name })}
      action={t("projects.fork.submit")}
      named={named}
      initialValues={{ name: project.name }}
      onClose={onClose}
    >
      <p className={styles.lead}>
        {t("projects.fork.lead")} {count > 0 ? t("projects.fork.datasets", { count }) : null}
      </p>
      <NameField
        label={t("projects.fork.name")}
        hint={t("projects.create.nameHint")}
        proposal={named.proposal}
        onAccept={named.accept}
      />
    </FormDialog>
  );
}
