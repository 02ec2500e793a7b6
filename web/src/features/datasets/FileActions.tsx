// Requirements: E4
import { Button } from "antd";
import { useTranslation } from "react-i18next";
import { fileAddress, removeDatasetFiles } from "@/api/datasets";
import type { Dataset, FilePreview } from "@/api/types";
import { DeleteIcon } from "@/kit/icons";
import { DownloadIcon } from "@/kit/pageIcons";
import { notify } from "@/kit/notices";
import { useConfirm } from "@/kit/useConfirm";
import { useDatasetsChanged } from "./queries";
import { useFileVersions } from "./versions/queries";
import styles from "./datasets.module.css";

interface Props {
  dataset: Dataset;
  file: FilePreview;
  isMine: boolean;
  onRemoved: () => void;
}

/** Take a file home or, of one's own data set, away. */
export function FileActions({ dataset, file, isMine, onRemoved }: Props) {
  const { t } = useTranslation();
  const confirm = useConfirm();
  const changed = useDatasetsChanged();
  const name = file.path;
  const isKept = (useFileVersions(dataset.id, file.path).data?.kept_at_most ?? 0) > 0;
  const keptHint = dataset.is_public
    ? "datasets.file.removeHintPublic"
    : "datasets.file.removeHint";
  const remove = async () => {
    await removeDatasetFiles(dataset.id, [file.id]);
    notify.success(t("datasets.file.removed", { name }));
    onRemoved();
    await changed();
  };
  return (
    <div className={styles.actions}>
      <Button
        size="small"
        icon={<DownloadIcon />}
        href={fileAddress(dataset.id, file.id, "download")}
      >
        {t("datasets.file.download")}
      </Button>
      {isMine ? (
        <Button
          size="small"
          danger
          type="text"
          icon={<DeleteIcon />}
          onClick={() => {
            confirm({
              title: t("datasets.file.removeQuestion", { name }),
              content: t(isKept ? keptHint : "datasets.file.removeWarning"),
              action: t("datasets.file.remove"),
              onConfirm: remove,
            });
          }}
        >
          {t("datasets.file.remove")}
        </Button>
      ) : null}
    </div>
  );
}
