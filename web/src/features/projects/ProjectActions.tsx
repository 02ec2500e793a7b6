// Requirements: D6, D9, D16
import { Button, Dropdown, type MenuProps } from "antd";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { updateProject } from "@/api/projects";
import type { Project } from "@/api/types";
import { DeleteIcon, SettingIcon } from "@/kit/icons";
import { notify } from "@/kit/notices";
import { EllipsisIcon, ShareIcon, UndoIcon } from "@/kit/pageIcons";
import { useConfirm } from "@/kit/useConfirm";
import { useProjectsChanged } from "./queries";
import { useDeletion } from "./useDeletion";

const ShareDialog = lazy(async () => ({ default: (await import("./ShareDialog")).ShareDialog }));
const SettingsDialog = lazy(async () => ({
  default: (await import("./SettingsDialog")).SettingsDialog,
}));

type Dialog = "share" | "settings" | null;

/** What the owner does with a project beside opening it. */
export function ProjectActions({ project }: { project: Project }) {
  const { t } = useTranslation();
  const [dialog, setDialog] = useState<Dialog>(null);
  const publish = usePublishAgain(project);
  const removal = useRemoval(project);
  const isPublic = project.public_id !== null;
  const items: NonNullable<MenuProps["items"]> = [
    { key: "settings", icon: <SettingIcon />, label: t("projects.actions.settings") },
    ...(isPublic
      ? [{ key: "withdraw", icon: <UndoIcon />, label: t("projects.deletion.action.public") }]
      : []),
    { type: "divider" as const },
    {
      key: "delete",
      danger: true,
      icon: <DeleteIcon />,
      label: t("projects.deletion.action.own"),
    },
  ];
  const act = (key: string) => {
    if (key === "settings") setDialog("settings");
    if (key === "withdraw") removal.withdraw();
    if (key === "delete") removal.remove();
  };
  const close = () => {
    setDialog(null);
  };
  return (
    <>
      {project.is_moved ? null : (
        <Button
          icon={<ShareIcon />}
          onClick={
            isPublic
              ? publish
              : () => {
                  setDialog("share");
                }
          }
        >
          {t(isPublic ? "projects.actions.publish" : "projects.actions.share")}
        </Button>
      )}
      <Dropdown
        trigger={["click"]}
        menu={{
          items,
          onClick: ({ key }) => {
            act(key);
          },
        }}
      >
        <Button icon={<EllipsisIcon />} aria-label={t("projects.actions.more")} />
      </Dropdown>
      <Suspense>
        {dialog === "share" ? <ShareDialog project={project} onClose={close} /> : null}
        {dialog === "settings" ? <SettingsDialog project={project} onClose={close} /> : null}
      </Suspense>
    </>
  );
}

function usePublishAgain(project: Project): () => void {
  const { t } = useTranslation();
  const confirm = useConfirm();
  const changed = useProjectsChanged();
  return () => {
    confirm({
      title: t("projects.publish.question", { name: project.name }),
      content: t("projects.publish.warning"),
      action: t("projects.actions.publish"),
      isHarmless: true,
      onConfirm: async () => {
        await updateProject(project.id, { share_flag: 1 });
        notify.success(t("projects.publish.done", { name: project.name }));
        await changed();
      },
    });
  };
}

function useRemoval(project: Project) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const remove = useDeletion("own");
  const withdraw = useDeletion("public");
  const { id, name, public_id: publicId, is_moved: isMoved } = project;
  const leave = async (deleted: number[]) => {
    if (deleted.length > 0) await navigate("/projects", { replace: true });
  };
  return {
    remove: () => {
      const warning = publicId === null ? "own" : "ownShared";
      remove({
        projects: [{ id, name }],
        warning: t(`projects.deletion.warning.${warning}`),
        onDone: leave,
      });
    },
    withdraw: () => {
      if (publicId === null) return;
      withdraw({
        projects: [{ id: publicId, name }],
        warning: t(`projects.deletion.warning.${isMoved ? "publicMoved" : "publicOwn"}`),
        onDone: isMoved ? leave : undefined,
      });
    },
  };
}
