import { Alert, Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { refreshProjectDatasets } from "@/api/projects";
import { asProblem } from "@/api/problems";
import type { Project, PublicProject } from "@/api/types";
import { useFormat } from "@/kit/format";
import { notify } from "@/kit/notices";
import { useProjectsChanged } from "./queries";
import styles from "./projects.module.css";

interface Props {
  project: Project;
  published: PublicProject | undefined;
}

/** What the owner should know before working on: where it is public, what its origin did. */
export function ProjectNotices({ project, published }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const { origin } = project;
  return (
    <div className={styles.notices}>
      {published ? (
        <Alert
          type="info"
          showIcon
          title={
            project.is_moved
              ? t("projects.notices.moved")
              : t("projects.notices.published", { when: format.dateTime(published.updated_at) })
          }
          action={
            <Link to={`/projects/public/${published.id}`}>{t("projects.notices.seePublic")}</Link>
          }
        />
      ) : null}
      {origin?.has_moved_on && origin.id !== null ? (
        <Alert
          type="warning"
          showIcon
          title={t("projects.notices.originMovedOn", { owner: origin.owner, name: origin.name })}
          action={
            <Link to={`/projects/public/${origin.id}`}>{t("projects.notices.seeOrigin")}</Link>
          }
        />
      ) : null}
      <OlderDatasets project={project} />
    </div>
  );
}

function OlderDatasets({ project }: { project: Project }) {
  const { t, i18n } = useTranslation();
  const changed = useProjectsChanged();
  const [isBusy, setBusy] = useState(false);
  const older = project.datasets.filter(({ has_moved_on: hasMovedOn }) => hasMovedOn);
  if (older.length === 0) return null;
  const names = new Intl.ListFormat(i18n.language).format(older.map(({ name }) => name));
  const refresh = async () => {
    setBusy(true);
    try {
      await refreshProjectDatasets(project.id);
      notify.success(t("projects.notices.datasetsUpdated"));
      await changed();
    } catch (error) {
      notify.error(asProblem(error).message);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Alert
      type="warning"
      showIcon
      title={t("projects.notices.datasetsMovedOn", { names })}
      description={t("projects.page.datasetMovedOnHint")}
      action={
        <Button size="small" loading={isBusy} onClick={() => void refresh()}>
          {t("projects.notices.updateDatasets")}
        </Button>
      }
    />
  );
}
