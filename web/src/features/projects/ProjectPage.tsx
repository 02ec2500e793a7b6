// Requirements: D4
import { useTranslation } from "react-i18next";
import { useParams } from "react-router";
import type { Project } from "@/api/types";
import { PageHeader } from "@/kit/PageHeader";
import { QueryView } from "@/kit/QueryView";
import { Section } from "@/kit/Section";
import { OpenInLabButton } from "./OpenInLabButton";
import { ProjectAbout } from "./ProjectAbout";
import { ProjectActions } from "./ProjectActions";
import { ProjectAddresses } from "./ProjectAddresses";
import { ProjectBody } from "./ProjectBody";
import { ProjectNotices } from "./ProjectNotices";
import { Visibility } from "./Visibility";
import { usePublicProject, useProject } from "./queries";
import { own } from "./target";

/** A project of one's own. */
export function ProjectPage() {
  const { projectId } = useParams();
  const project = useProject(Number(projectId));
  return (
    <QueryView query={project} isPage>
      {(loaded) => <LoadedProject project={loaded} />}
    </QueryView>
  );
}

function LoadedProject({ project }: { project: Project }) {
  const { t } = useTranslation();
  const published = usePublicProject(project.public_id).data;
  const target = own(project);
  return (
    <>
      <PageHeader
        title={project.name}
        mark={<Visibility isPublic={project.public_id !== null} />}
        lead={project.description || t("projects.page.noDescription")}
        actions={
          <>
            <OpenInLabButton target={target} isPrimary />
            <ProjectActions project={project} />
          </>
        }
      />
      <ProjectNotices project={project} published={published} />
      <ProjectBody
        target={target}
        datasets={project.datasets}
        mayUpload={!project.is_moved}
        aside={
          <>
            <Section title={t("projects.page.about")}>
              <ProjectAbout project={project} published={published} />
            </Section>
            <Section title={t("projects.page.addresses")} hint={t("projects.page.addressesHint")}>
              <ProjectAddresses target={target} />
            </Section>
          </>
        }
      />
    </>
  );
}
