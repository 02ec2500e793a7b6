// Requirements: E7
import { useTranslation } from "react-i18next";
import { shareDataset } from "@/api/datasets";
import { asProblem } from "@/api/problems";
import type { Dataset } from "@/api/types";
import { notify, wantPresenter } from "@/kit/notices";
import { useAction } from "@/kit/useAction";
import { useDatasetsChanged } from "./queries";

/** Asks, and makes a public data set of a private one. */
export function useSharing(dataset: Dataset) {
  const { t } = useTranslation();
  const changed = useDatasetsChanged();
  const isShared = typeof dataset.shared_as === "number";
  const share = useAction(async () => {
    try {
      const { name } = await shareDataset(dataset.id);
      notify.success(t(isShared ? "datasets.share.updated" : "datasets.share.done", { name }));
    } catch (thrown) {
      notify.error(asProblem(thrown).message);
    } finally {
      await changed();
    }
  });
  const ask = async () => {
    const { modal } = await wantPresenter();
    modal.confirm({
      title: t("datasets.share.question", { name: dataset.name }),
      content: t(isShared ? "datasets.share.againHint" : "datasets.share.hint"),
      okText: t(isShared ? "datasets.share.again" : "datasets.share.action"),
      cancelText: t("common.actions.cancel"),
      onOk: share.run,
    });
  };
  return { ask: () => void ask(), isRunning: share.isRunning };
}
