// Requirements: E5
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { deleteDataset } from "@/api/datasets";
import type { Dataset } from "@/api/types";
import { notify } from "@/kit/notices";
import { useConfirm } from "@/kit/useConfirm";
import { useDatasetsChanged } from "./queries";

/** Asks, and deletes a data set or withdraws the public one that was made of it. */
export function useRemoval(dataset: Dataset) {
  const { t } = useTranslation();
  const confirm = useConfirm();
  const navigate = useNavigate();
  const changed = useDatasetsChanged();
  const { id, name, is_public: isPublic, shared_as: publicId } = dataset;
  const withdraw = () => {
    if (typeof publicId !== "number") return;
    confirm({
      title: t("datasets.withdraw.question", { name }),
      content: t("datasets.withdraw.hint"),
      action: t("datasets.withdraw.action"),
      onConfirm: async () => {
        await deleteDataset(publicId);
        notify.success(t("datasets.withdraw.done", { name }));
        await changed();
      },
    });
  };
  const remove = () => {
    confirm({
      title: t(isPublic ? "datasets.withdraw.question" : "datasets.page.deleteQuestion", { name }),
      content: t(isPublic ? "datasets.withdraw.hint" : "datasets.page.deleteWarning"),
      action: t(isPublic ? "datasets.withdraw.action" : "datasets.page.delete"),
      onConfirm: async () => {
        await deleteDataset(id);
        notify.success(t("datasets.page.deleted", { name }));
        await navigate(isPublic ? "/datasets/public" : "/datasets", { replace: true });
        await changed();
      },
    });
  };
  return { withdraw, remove };
}
