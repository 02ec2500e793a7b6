// Requirements: D1
import { useTranslation } from "react-i18next";
import { Uploader } from "@/features/uploads/Uploader";
import { useProjectsChanged } from "./queries";

/** Files for the project's folder. */
export function ProjectUpload({ projectId }: { projectId: number }) {
  const { t } = useTranslation();
  const changed = useProjectsChanged();
  return (
    <Uploader
      target={`projects/${projectId}`}
      hint={t("projects.page.uploadHint")}
      onStored={changed}
    />
  );
}
