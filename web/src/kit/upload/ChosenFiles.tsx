import { Button } from "antd";
import { useTranslation } from "react-i18next";
import { totalBytes, type UploadFile } from "@/api/upload";
import { useFormat } from "@/kit/format";
import styles from "./upload.module.css";
import { CloseIcon } from "@/kit/icons";

const shownAtMost = 200;

interface Props {
  files: readonly UploadFile[];
  onChange: (files: UploadFile[]) => void;
}

/** What will be sent; each file can be taken out again. */
export function ChosenFiles({ files, onChange }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  if (files.length === 0) return null;
  return (
    <div className={styles.chosen}>
      <div className={styles.summary}>
        <span>
          {t("common.files", { count: files.length })} · {format.bytes(totalBytes(files))}
        </span>
        <Button
          type="link"
          size="small"
          onClick={() => {
            onChange([]);
          }}
        >
          {t("upload.clear")}
        </Button>
      </div>
      <ul aria-label={t("upload.chosen")}>
        {files.slice(0, shownAtMost).map((one) => (
          <li key={one.path}>
            <span className={styles.path}>{one.path}</span>
            <span className={styles.size}>{format.bytes(one.file.size)}</span>
            <Button
              type="text"
              size="small"
              icon={<CloseIcon />}
              aria-label={t("common.actions.remove", { name: one.path })}
              onClick={() => {
                onChange(files.filter((other) => other !== one));
              }}
            />
          </li>
        ))}
      </ul>
      <MoreFiles hidden={files.length - shownAtMost} />
    </div>
  );
}

export function MoreFiles({ hidden }: { hidden: number }) {
  const { t } = useTranslation();
  return hidden > 0 ? <p className={styles.more}>{t("upload.more", { count: hidden })}</p> : null;
}
