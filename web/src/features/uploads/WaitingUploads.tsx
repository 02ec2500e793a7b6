import { Alert, Button, Progress } from "antd";
import { useTranslation } from "react-i18next";
import { discardUpload, type WaitingUpload } from "@/api/uploads";
import { useFormat } from "@/kit/format";
import { MoreFiles } from "@/kit/upload/ChosenFiles";
import { percentOf } from "@/kit/upload/progress";
import { useDiscard } from "./useDiscard";
import styles from "./uploads.module.css";

const shownAtMost = 50;

interface Props {
  uploads: readonly WaitingUpload[];
  onDiscarded: () => Promise<void>;
}

/** What was interrupted: the same files, chosen again, go on where they stopped. */
export function WaitingUploads({ uploads, onDiscarded }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const discard = useDiscard(async () => {
    for (const { id } of uploads) await discardUpload(id);
    await onDiscarded();
  });
  if (uploads.length === 0) return null;
  return (
    <div className={styles.waiting}>
      <Alert
        type="info"
        showIcon
        title={t("upload.interrupted", { count: uploads.length })}
        description={t("upload.interruptedHint")}
        action={
          <Button size="small" onClick={discard}>
            {t("upload.discard")}
          </Button>
        }
      />
      <ul className={styles.list} aria-label={t("upload.waitingList")}>
        {uploads.slice(0, shownAtMost).map((one) => (
          <li key={one.id}>
            <span className={styles.path}>{one.path}</span>
            <span className={styles.size}>{format.bytes(one.size_bytes)}</span>
            <Progress
              className={styles.bar}
              size="small"
              percent={percentOf(one.offset_bytes, one.size_bytes)}
              aria-label={t("upload.file", { name: one.path })}
            />
          </li>
        ))}
      </ul>
      <MoreFiles hidden={uploads.length - shownAtMost} />
    </div>
  );
}
