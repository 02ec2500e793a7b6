// Requirements: E1, E4
import { useTranslation } from "react-i18next";
import { Uploader } from "@/features/uploads/Uploader";
import { useDatasetsChanged } from "./queries";

/** More files for a data set. */
export function AddFiles({ datasetId }: { datasetId: number }) {
  const { t } = useTranslation();
  const changed = useDatasetsChanged();
  return (
    <Uploader
      target={`datasets/${datasetId}`}
      hint={t("datasets.page.addFilesHint")}
      onStored={changed}
    />
  );
}
