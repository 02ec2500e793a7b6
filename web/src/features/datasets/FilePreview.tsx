// Requirements: E6
import { useTranslation } from "react-i18next";
import type { Dataset, FilePreview as Preview } from "@/api/types";
import { CopyText } from "@/kit/CopyText";
import { useFormat } from "@/kit/format";
import { QueryView } from "@/kit/QueryView";
import { FileActions } from "./FileActions";
import { FileContent } from "./profile/FileContent";
import { FileVersions } from "./versions/FileVersions";
import { readingCodeOf } from "./readingCode";
import { useFilePreview } from "./queries";
import styles from "./datasets.module.css";

interface Props {
  dataset: Dataset;
  fileId: number;
  isMine: boolean;
  /** Another file is at its path now, or none. */
  onChanged: (fileId: number | null) => void;
}

/** A file of a data set: what is known of it, how it begins, and how to read it. */
export function FilePreview({ fileId, ...rest }: Props) {
  const preview = useFilePreview(rest.dataset.id, fileId);
  return <QueryView query={preview}>{(file) => <Loaded file={file} {...rest} />}</QueryView>;
}

function Loaded({ file, dataset, isMine, onChanged }: Omit<Props, "fileId"> & { file: Preview }) {
  const { t } = useTranslation();
  const format = useFormat();
  const code = readingCodeOf(dataset.path, file.path);
  return (
    <article className={styles.file} aria-label={file.path}>
      <header className={styles.fileHeader}>
        <h3>{file.path}</h3>
        <FileActions
          dataset={dataset}
          file={file}
          isMine={isMine}
          onRemoved={() => {
            onChanged(null);
          }}
        />
      </header>
      <p className={styles.meta}>
        <span>{format.bytes(file.size_bytes)}</span>
        <span>{t("datasets.file.onDisk", { size: format.bytes(file.disk_bytes) })}</span>
        {file.encoding ? <span>{file.encoding}</span> : null}
        <span>{t("datasets.file.stored", { when: format.dateTime(file.created_at) })}</span>
        <span title={file.sha256}>
          {t("datasets.file.digest", { digest: file.sha256.slice(0, 12) })}
        </span>
      </p>
      <FileContent datasetId={dataset.id} file={file} />
      {code ? (
        <div className={styles.code}>
          <p>{t("datasets.page.readWith")}</p>
          <CopyText label={t("datasets.page.readWith")} text={code} />
        </div>
      ) : null}
      <FileVersions
        datasetId={dataset.id}
        path={file.path}
        fileId={file.id}
        isMine={isMine}
        onReplaced={onChanged}
      />
    </article>
  );
}
