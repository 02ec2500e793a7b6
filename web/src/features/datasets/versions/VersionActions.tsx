// Requirements: E4, E6
import { Button } from "antd";
import { useTranslation } from "react-i18next";
import { deleteFileVersion, restoreFileVersion, versionAddress } from "@/api/versions";
import { DeleteIcon } from "@/kit/icons";
import { notify } from "@/kit/notices";
import { DownloadIcon, UndoIcon } from "@/kit/pageIcons";
import { useConfirm } from "@/kit/useConfirm";
import { useDatasetsChanged } from "../queries";
import styles from "./versions.module.css";

interface Props {
  datasetId: number;
  path: string;
  versionId: number;
  number: number;
  isMine: boolean;
  canRestore: boolean;
}

/** Take an earlier version home or, of one's own data set, back or away. */
export function VersionActions({ datasetId, path, versionId, number, ...props }: Props) {
  const { t } = useTranslation();
  const confirm = useConfirm();
  const changed = useDatasetsChanged();
  const words = { name: path, number };
  const restore = async () => {
    await restoreFileVersion(datasetId, versionId);
    notify.success(t("datasets.versions.restored", words));
    void changed();
  };
  const remove = async () => {
    await deleteFileVersion(datasetId, versionId);
    notify.success(t("datasets.versions.deleted", words));
    void changed();
  };
  return (
    <div className={styles.actions}>
      {props.canRestore ? (
        <Button
          size="small"
          icon={<UndoIcon />}
          aria-label={t("datasets.versions.restoreOne", words)}
          onClick={() => {
            confirm({
              title: t("datasets.versions.restoreQuestion", words),
              content: t("datasets.versions.restoreHint"),
              action: t("datasets.versions.restore"),
              isHarmless: true,
              onConfirm: restore,
            });
          }}
        >
          {t("datasets.versions.restore")}
        </Button>
      ) : null}
      <Button
        size="small"
        type="text"
        icon={<DownloadIcon />}
        href={versionAddress(datasetId, versionId)}
        aria-label={t("datasets.versions.downloadOne", words)}
      >
        {t("datasets.versions.download")}
      </Button>
      {props.isMine ? (
        <Button
          size="small"
          type="text"
          danger
          icon={<DeleteIcon />}
          aria-label={t("datasets.versions.deleteOne", words)}
          onClick={() => {
            confirm({
              title: t("datasets.versions.deleteQuestion", words),
              content: t("datasets.versions.deleteWarning"),
              action: t("datasets.versions.delete"),
              onConfirm: remove,
            });
          }}
        >
          {t("datasets.versions.delete")}
        </Button>
      ) : null}
    </div>
  );
}
