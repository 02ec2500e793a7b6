import { Button } from "antd";
import { useRef, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { UploadFile } from "@/api/upload";
import { fromDrop, fromInput } from "./collect";
import styles from "./upload.module.css";
import { InboxIcon } from "@/kit/icons";

interface Props {
  onFiles: (files: UploadFile[]) => void;
  hint?: ReactNode;
  disabled?: boolean;
}

/** Drop files and folders, or choose them with a button (which the keyboard reaches, too). */
export function DropArea({ onFiles, hint, disabled = false }: Props) {
  const { t } = useTranslation();
  const [isOver, setOver] = useState(false);
  const drop = async (event: React.DragEvent) => {
    event.preventDefault();
    setOver(false);
    if (!disabled) onFiles(await fromDrop(event.dataTransfer));
  };
  return (
    // Dropping is for the mouse only; the two buttons do the same for the keyboard.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <div
      role="group"
      aria-label={t("upload.drop")}
      className={styles.drop}
      data-over={isOver}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => {
        setOver(false);
      }}
      onDrop={(event) => void drop(event)}
    >
      <InboxIcon className={styles.dropIcon} />
      <p>{hint ?? t("upload.drop")}</p>
      <div className={styles.dropButtons}>
        <Chooser label={t("upload.chooseFiles")} onFiles={onFiles} disabled={disabled} />
        <Chooser label={t("upload.chooseFolder")} onFiles={onFiles} disabled={disabled} isFolder />
      </div>
    </div>
  );
}

interface ChooserProps {
  label: string;
  onFiles: (files: UploadFile[]) => void;
  disabled: boolean;
  isFolder?: boolean;
}

function Chooser({ label, onFiles, disabled, isFolder = false }: ChooserProps) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <Button disabled={disabled} onClick={() => input.current?.click()}>
        {label}
      </Button>
      <input
        ref={input}
        type="file"
        className={styles.input}
        multiple
        aria-label={label}
        {...(isFolder ? { webkitdirectory: "" } : {})}
        onChange={(event) => {
          onFiles(fromInput(event.target.files ?? []));
          // The same file can be chosen again after it was removed.
          event.target.value = "";
        }}
      />
    </>
  );
}
