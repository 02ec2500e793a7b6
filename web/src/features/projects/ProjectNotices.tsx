import { Alert } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Project, PublicProject } from "@/api/types";
import { useFormat } from "@/kit/format";
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
    </div>
  );
}
