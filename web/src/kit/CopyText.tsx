import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { copyToClipboard } from "./clipboard";
import styles from "./kit.module.css";
import { CheckIcon, CopyIcon } from "@/kit/icons";

interface Props {
  /** What it is, for those who can't see where it stands. */
  label: string;
  text: string;
  /** The same, easier to read. */
  shown?: string;
}

/** A text to copy: an address, a line of code, a token. */
export function CopyText({ label, text, shown = text }: Props) {
  const { t } = useTranslation();
  const [isCopied, setCopied] = useState(false);
  const copy = async () => {
    await copyToClipboard(text);
    setCopied(true);
  };
  return (
    <div className={styles.copy}>
      <code aria-label={label}>{shown}</code>
      <Button
        size="small"
        type="text"
        icon={isCopied ? <CheckIcon /> : <CopyIcon />}
        aria-label={`${t("common.actions.copy")}: ${label}`}
        onClick={() => void copy()}
      >
        {isCopied ? t("common.actions.copied") : t("common.actions.copy")}
      </Button>
    </div>
  );
}
