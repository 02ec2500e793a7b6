import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { PublicProject } from "@/api/types";
import { useFormat } from "@/kit/format";
import { DatabaseIcon } from "@/kit/icons";
import { ForkIcon } from "@/kit/pageIcons";
import { plainText } from "@/kit/plainText";
import { ProjectPicture } from "./ProjectPicture";
import styles from "./gallery.module.css";

const namesShown = 2;

export function GalleryCard({ project }: { project: PublicProject }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { id, name, owner, description, datasets, fork_count, updated_at } = project;
  const more = datasets.length - namesShown;
  return (
    <li className={styles.card}>
      <ProjectPicture project={project} />
      <div className={styles.text}>
        <h2 className={styles.name}>
          <Link to={`/projects/public/${id}`}>{name}</Link>
        </h2>
        <p className={styles.by}>
          <Link to={`/projects/public?owner=${encodeURIComponent(owner)}`}>{owner}</Link>
          {" · "}
          <time dateTime={updated_at}>{format.relative(updated_at)}</time>
        </p>
        <p className={styles.description}>
          {plainText(description) || t("projects.page.noDescription")}
        </p>
        <p className={styles.facts}>
          <span title={t("projects.gallery.forks", { count: fork_count })}>
            <ForkIcon /> <span aria-hidden="true">{fork_count}</span>
            <span className="visually-hidden">
              {t("projects.gallery.forks", { count: fork_count })}
            </span>
          </span>
          {datasets.slice(0, namesShown).map((dataset) => (
            <span key={dataset.name} className={styles.dataset}>
              <DatabaseIcon /> {dataset.name}
            </span>
          ))}
          {more > 0 ? <span>{t("projects.gallery.moreDatasets", { count: more })}</span> : null}
        </p>
      </div>
    </li>
  );
}
