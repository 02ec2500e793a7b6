import type { UseQueryResult } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Page, Project } from "@/api/types";
import { ProjectList } from "@/features/projects/ProjectList";
import { EmptyState } from "@/kit/EmptyState";
import { QueryView } from "@/kit/QueryView";
import { Section } from "@/kit/Section";
import { FolderOpenIcon } from "@/kit/icons";

export function RecentProjects({ query }: { query: UseQueryResult<Page<Project>> }) {
  const { t } = useTranslation();
  return (
    <Section
      title={t("home.recent.title")}
      extra={query.data?.items.length ? <Link to="/projects">{t("home.recent.all")}</Link> : null}
    >
      <QueryView query={query}>
        {({ items }) =>
          items.length > 0 ? (
            <ProjectList projects={items} />
          ) : (
            <EmptyState
              icon={<FolderOpenIcon />}
              title={t("home.recent.emptyTitle")}
              hint={t("home.recent.emptyHint")}
            />
          )
        }
      </QueryView>
    </Section>
  );
}
