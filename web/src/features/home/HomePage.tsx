import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { useCurrentUser } from "@/features/auth/session";
import { useMyDatasets } from "@/features/datasets/queries";
import { ServiceCard } from "@/features/notebooks/ServiceCard";
import { NewProjectButton } from "@/features/projects/NewProjectButton";
import { useRecentProjects } from "@/features/projects/queries";
import { needCatalogues } from "@/i18n";
import { PageHeader } from "@/kit/PageHeader";
import { RecentProjects } from "./RecentProjects";
import styles from "./home.module.css";

const FirstSteps = lazy(async () => ({ default: (await import("./FirstSteps")).FirstSteps }));
const PublicNews = lazy(async () => {
  const [{ PublicNews }] = await Promise.all([import("./PublicNews"), needCatalogues("projects")]);
  return { default: PublicNews };
});
const HomeUsage = lazy(async () => {
  const [{ HomeUsage }] = await Promise.all([import("./HomeUsage"), needCatalogues("users")]);
  return { default: HomeUsage };
});

export function HomePage() {
  const { t } = useTranslation();
  const user = useCurrentUser();
  const projects = useRecentProjects();
  const datasets = useMyDatasets({ limit: 1 });
  const hasProject = (projects.data?.items.length ?? 0) > 0;
  const hasDataset = (datasets.data?.items.length ?? 0) > 0;
  const isNew = projects.isSuccess && datasets.isSuccess && !(hasProject && hasDataset);
  return (
    <>
      <PageHeader
        title={t("home.greeting", { name: user.display_name || user.username })}
        actions={<NewProjectButton />}
      />
      <div className={styles.page}>
        <div>
          <ServiceCard />
          <RecentProjects query={projects} />
          <Suspense>
            <HomeUsage />
          </Suspense>
          <Suspense>
            <PublicNews />
          </Suspense>
        </div>
        {isNew ? (
          <Suspense fallback={<div />}>
            <FirstSteps hasDataset={hasDataset} hasProject={hasProject} />
          </Suspense>
        ) : null}
      </div>
    </>
  );
}
