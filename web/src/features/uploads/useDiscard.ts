import { useTranslation } from "react-i18next";
import { useConfirm } from "@/kit/useConfirm";

/** Ask before what has arrived is thrown away. */
export function useDiscard(discard: () => Promise<void>): () => void {
  const { t } = useTranslation();
  const confirm = useConfirm();
  return () => {
    confirm({
      title: t("upload.discardTitle"),
      content: t("upload.discardText"),
      action: t("upload.discard"),
      onConfirm: discard,
    });
  };
}
