// Requirements: E4
import { Button } from "antd";
import { useTranslation } from "react-i18next";
import { DeletedItem } from "./DeletedItem";
import { useDeletedFiles } from "./queries";
import styles from "./versions.module.css";

interface Props {
  datasetId: number;
  isMine: boolean;
  onRestored: (fileId: number) => void;
}

/** Files that were deleted from a data set and can come back; nothing where there is none. */
export function DeletedFiles(props: Props) {
  const { t } = useTranslation();
  const deleted = useDeletedFiles(props.datasetId);
  const files = deleted.data?.pages.flatMap((page) => page.items) ?? [];
  if (files.length === 0) return null;
  return (
    <details className={styles.deleted}>
      <summary>{t("datasets.deletedFiles.title")}</summary>
      <p className={styles.hint}>{t("datasets.deletedFiles.hint")}</p>
      <ul className={styles.list}>
        {files.map((file) => (
          <DeletedItem key={file.version_id} file={file} {...props} />
        ))}
      </ul>
      {deleted.hasNextPage ? (
        <Button
          type="text"
          loading={deleted.isFetchingNextPage}
          onClick={() => void deleted.fetchNextPage()}
        >
          {t("common.actions.more")}
        </Button>
      ) : null}
    </details>
  );
}
