import { useTranslation } from "react-i18next";
import { asProblem } from "@/api/problems";
import { notify, wantPresenter } from "@/kit/notices";

interface Question {
  title: string;
  content: string;
  /** What the button says that does it. */
  action: string;
  /** Nothing is lost by it: the button is not red. */
  isHarmless?: boolean;
  onConfirm: () => Promise<unknown>;
}

/** Ask before something that can't be taken back; a refusal is shown and the dialog closes. */
export function useConfirm(): (question: Question) => void {
  const { t } = useTranslation();
  return ({ title, content, action, isHarmless = false, onConfirm }) => {
    const question = {
      title,
      content,
      okText: action,
      okButtonProps: { danger: !isHarmless },
      cancelText: t("common.actions.cancel"),
      focusable: { autoFocusButton: isHarmless ? ("ok" as const) : ("cancel" as const) },
      onOk: async () => {
        try {
          await onConfirm();
        } catch (thrown) {
          notify.error(asProblem(thrown).message);
        }
      },
    };
    void wantPresenter().then(({ modal }) => {
      modal.confirm(question);
    });
  };
}
