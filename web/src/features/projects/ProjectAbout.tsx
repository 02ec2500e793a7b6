import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Origin, Project, PublicProject } from "@/api/types";
import { useLanguage } from "@/i18n";
import { Facts } from "@/kit/Facts";
import { useFormat } from "@/kit/format";
import { useStarters } from "./queries";
import styles from "./projects.module.css";

const checksumShown = 8;

interface Props {
  project: Project;
  published: PublicProject | undefined;
}

export function ProjectAbout({ project, published }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const language = useLanguage();
  const starter = useStarters().data?.find(({ name }) => name === project.starter);
  const starterLabel = language === "en" ? starter?.label_en : starter?.label_zh;
  return (
    <Facts
      items={[
        [t("projects.page.created"), format.dateTime(project.created_at)],
        [t("projects.page.changed"), format.dateTime(project.updated_at)],
        ...lineage(t("projects.page.origin"), project.origin),
        ...(published
          ? [[t("projects.page.forks"), format.number(published.fork_count)] as const]
          : []),
        // A fork of what somebody shared began with none.
        ...(project.starter
          ? [[t("projects.page.starter"), starterLabel ?? project.starter] as const]
          : []),
        [t("projects.page.folder"), <code key="path">~/{project.path}</code>],
      ]}
    />
  );
}

export function PublicProjectAbout({ project }: { project: PublicProject }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <Facts
      items={[
        [
          t("projects.page.owner"),
          <Link key="owner" to={`/projects/public?owner=${encodeURIComponent(project.owner)}`}>
            {project.owner}
          </Link>,
        ],
        [t("projects.page.shared"), format.dateTime(project.created_at)],
        [t("projects.page.published"), format.dateTime(project.updated_at)],
        [t("projects.page.forks"), format.number(project.fork_count)],
        ...lineage(t("projects.page.origin"), project.origin),
        [
          t("projects.page.state"),
          <code key="state">{project.checksum.slice(0, checksumShown)}</code>,
        ],
        [t("projects.page.folder"), <code key="path">~/{project.path}</code>],
      ]}
    />
  );
}

/** Where a fork came from, if it is one. */
function lineage(label: string, origin: Origin | null) {
  return origin ? [[label, <OriginLink key="origin" origin={origin} />] as const] : [];
}

function OriginLink({ origin }: { origin: Origin }) {
  const { t } = useTranslation();
  const name = `${origin.owner} / ${origin.name}`;
  const state = origin.checksum.slice(0, checksumShown);
  return (
    <>
      {origin.id === null ? name : <Link to={`/projects/public/${origin.id}`}>{name}</Link>}
      <span className={styles.originState}>
        {state ? t("projects.page.atState", { state }) : null}{" "}
        {t(
          origin.id === null
            ? "projects.page.originGone"
            : origin.has_moved_on
              ? "projects.page.originMovedOn"
              : "projects.page.originSame",
        )}
      </span>
    </>
  );
}
