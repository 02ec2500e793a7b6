// Requirements: E4
import { Button } from "antd";
import { useTranslation } from "react-i18next";
import { asProblem } from "@/api/problems";
import type { DeletedFile } from "@/api/types";
import { deleteForGood, restoreFileVersion, versionAddress } from "@/api/versions";
import { useFormat } from "@/kit/format";
import { DeleteIcon } from "@/kit/icons";
import { notify } from "@/kit/notices";
import { DownloadIcon, UndoIcon } from "@/kit/pageIcons";
import { useAction } from "@/kit/useAction";
import { useConfirm } from "@/kit/useConfirm";
import { useDatasetsChanged } from "../queries";
import styles from "./versions.module.css";

interface Props {
  file: DeletedFile;
  datasetId: number;
  isMine: boolean;
  onRestored: (fileId: number) => void;
}

/** A deleted file, to take home or, of one's own data set, back or away for good. */
export function DeletedItem({ file, datasetId, isMine, onRestored }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const changed = useDatasetsChanged();
  const name = file.path;
  const restore = useAction(async () => {
    const restored = await restoreFileVersion(datasetId, file.version_id);
    notify.success(t("datasets.deletedFiles.restored", { name }));
    await changed();
    onRestored(restored.id);
  });
  return (
    <li className={styles.item}>
      <div>
        <span className={styles.number}>{name}</span>
        <p className={styles.facts}>
          <span>{t("datasets.deletedFiles.when", { when: format.dateTime(file.deleted_at) })}</span>
          <span>{format.bytes(file.size_bytes)}</span>
        </p>
        {restore.error ? (
          <p className={styles.fault} role="alert">
            {asProblem(restore.error).message}
          </p>
        ) : null}
      </div>
      <div className={styles.actions}>
        {isMine ? (
          <Button
            size="small"
            icon={<UndoIcon />}
            aria-label={t("datasets.deletedFiles.restore", { name })}
            loading={restore.isRunning}
            onClick={() => void restore.run()}
          >
            {t("datasets.versions.restore")}
          </Button>
        ) : null}
        <Button
          size="small"
          type="text"
          icon={<DownloadIcon />}
          href={versionAddress(datasetId, file.version_id)}
          aria-label={t("datasets.deletedFiles.download", { name })}
        >
          {t("datasets.versions.download")}
        </Button>
        {isMine ? <DeleteForGood datasetId={datasetId} name={name} /> : null}
      </div>
    </li>
  );
}

function DeleteForGood({ datasetId, name }: { datasetId: number; name: string }) {
  const { t } = useTranslation();
  const confirm = useConfirm();
  const changed = useDatasetsChanged();
  const remove = async () => {
    await deleteForGood(datasetId, name);
    notify.success(t("datasets.deletedFiles.gone", { name }));
    void changed();
  };
  return (
    <Button
      size="small"
      type="text"
      danger
      icon={<DeleteIcon />}
      aria-label={t("datasets.deletedFiles.deleteOne", { name })}
      onClick={() => {
        confirm({
          title: t("datasets.deletedFiles.question", { name }),
          content: t("datasets.deletedFiles.warning"),
          action: t("datasets.deletedFiles.delete"),
          onConfirm: remove,
        });
      }}
    >
      {t("datasets.deletedFiles.delete")}
    </Button>
  );
}
