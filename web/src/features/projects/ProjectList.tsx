import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Project } from "@/api/types";
import { useFormat } from "@/kit/format";
import { DatabaseIcon } from "@/kit/icons";
import { plainText } from "@/kit/plainText";
import { OpenInLabButton } from "./OpenInLabButton";
import { own } from "./target";
import styles from "./projects.module.css";

export function ProjectList({ projects }: { projects: readonly Project[] }) {
  return (
    <ul className={styles.list}>
      {projects.map((project) => (
        <ProjectRow key={project.id} project={project} />
      ))}
    </ul>
  );
}

interface Props {
  project: Project;
  /** Stands before it, for example a box to tick. */
  mark?: ReactNode;
}

export function ProjectRow({ project, mark }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <li className={styles.row}>
      {mark}
      <div className={styles.rowText}>
        <p className={styles.rowTitle}>
          <Link className={styles.name} to={`/projects/${project.id}`}>
            {project.name}
          </Link>
          {project.share_flag ? (
            <span className={styles.tag}>{t("common.visibility.public")}</span>
          ) : null}
        </p>
        {project.description ? (
          <p className={styles.description}>{plainText(project.description)}</p>
        ) : null}
        <p className={styles.meta}>
          <span>{t("common.changedWhen", { when: format.relative(project.updated_at) })}</span>
          {project.datasets.map((dataset) => (
            <span key={dataset.name}>
              <DatabaseIcon /> {dataset.name}
            </span>
          ))}
        </p>
      </div>
      <OpenInLabButton target={own(project)} />
    </li>
  );
}
