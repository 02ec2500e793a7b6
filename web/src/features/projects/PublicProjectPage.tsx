// Requirements: D5
import { Alert, Button, Dropdown } from "antd";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate, useParams } from "react-router";
import type { PublicProject } from "@/api/types";
import { useCurrentUser } from "@/features/auth/session";
import { SettingIcon } from "@/kit/icons";
import { PageHeader } from "@/kit/PageHeader";
import { EllipsisIcon, ForkIcon, UndoIcon } from "@/kit/pageIcons";
import { QueryView } from "@/kit/QueryView";
import { Section } from "@/kit/Section";
import { OpenInLabButton } from "./OpenInLabButton";
import { PublicProjectAbout } from "./ProjectAbout";
import { ProjectAddresses } from "./ProjectAddresses";
import { ProjectBody } from "./ProjectBody";
import { Visibility } from "./Visibility";
import { usePublicProject } from "./queries";
import { everybodys } from "./target";
import { useDeletion } from "./useDeletion";
import styles from "./projects.module.css";

const ForkDialog = lazy(async () => ({ default: (await import("./ForkDialog")).ForkDialog }));
const PublicSettingsDialog = lazy(async () => ({
  default: (await import("./PublicSettingsDialog")).PublicSettingsDialog,
}));

/** A public project: to read, and to fork. */
export function PublicProjectPage() {
  const { publicId } = useParams();
  const project = usePublicProject(Number(publicId));
  return (
    <QueryView query={project} isPage>
      {(loaded) => <LoadedProject project={loaded} />}
    </QueryView>
  );
}

function LoadedProject({ project }: { project: PublicProject }) {
  const { t } = useTranslation();
  const [isForking, setForking] = useState(false);
  const isMine = useCurrentUser().username === project.owner;
  const target = everybodys(project);
  const fork = (
    <Button
      type="primary"
      icon={<ForkIcon />}
      onClick={() => {
        setForking(true);
      }}
    >
      {t("projects.fork.button")}
    </Button>
  );
  return (
    <>
      <PageHeader
        title={project.name}
        mark={<Visibility isPublic />}
        lead={project.description || t("projects.page.noDescription")}
        actions={
          <>
            <OpenInLabButton target={target} />
            {project.may_change ? <OwnersMenu project={project} /> : null}
          </>
        }
      />
      <div className={styles.notices}>
        <Alert
          type="info"
          showIcon
          title={t("projects.notices.readOnly")}
          description={t(
            isMine ? "projects.notices.readOnlyMine" : "projects.notices.readOnlyHint",
          )}
          action={fork}
        />
      </div>
      <ProjectBody
        target={target}
        datasets={project.datasets}
        aside={
          <>
            <Section title={t("projects.page.about")}>
              <PublicProjectAbout project={project} />
            </Section>
            <Section title={t("projects.page.addresses")} hint={t("projects.page.addressesHint")}>
              <ProjectAddresses target={target} />
            </Section>
          </>
        }
      />
      {isForking ? (
        <Suspense>
          <ForkDialog
            project={project}
            onClose={() => {
              setForking(false);
            }}
          />
        </Suspense>
      ) : null}
    </>
  );
}

/** For whoever shared it, and for administrators. */
function OwnersMenu({ project }: { project: PublicProject }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const withdraw = useDeletion("public");
  const [isEditing, setEditing] = useState(false);
  const ask = () => {
    withdraw({
      projects: [project],
      warning: t("projects.deletion.warning.public"),
      onDone: async (deleted) => {
        if (deleted.length > 0) await navigate("/projects/public", { replace: true });
      },
    });
  };
  return (
    <>
      <Dropdown
        trigger={["click"]}
        menu={{
          items: [
            { key: "settings", icon: <SettingIcon />, label: t("projects.actions.settings") },
            { type: "divider" },
            {
              key: "withdraw",
              danger: true,
              icon: <UndoIcon />,
              label: t("projects.deletion.action.public"),
            },
          ],
          onClick: ({ key }) => {
            if (key === "settings") setEditing(true);
            else ask();
          },
        }}
      >
        <Button icon={<EllipsisIcon />} aria-label={t("projects.actions.more")} />
      </Dropdown>
      {isEditing ? (
        <Suspense>
          <PublicSettingsDialog
            project={project}
            onClose={() => {
              setEditing(false);
            }}
          />
        </Suspense>
      ) : null}
    </>
  );
}
