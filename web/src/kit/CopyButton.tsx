import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { CheckIcon, CopyIcon } from "@/kit/icons";
import { copyToClipboard } from "./clipboard";

interface Props {
  text: string;
  label: string;
}

/** Puts a text on the clipboard and says so. */
export function CopyButton({ text, label }: Props) {
  const { t } = useTranslation();
  const [copied, setCopied] = useState<string | null>(null);
  const isCopied = copied === text;
  const copy = async () => {
    await copyToClipboard(text);
    setCopied(text);
  };
  return (
    <Button icon={isCopied ? <CheckIcon /> : <CopyIcon />} onClick={() => void copy()}>
      {isCopied ? t("common.actions.copied") : label}
    </Button>
  );
}
