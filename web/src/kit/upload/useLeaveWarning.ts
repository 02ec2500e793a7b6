import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { useBlocker } from "react-router";
import { wantPresenter } from "@/kit/notices";

interface UnderWay {
  state: unknown;
  isUnderWay: () => boolean;
}

/** Ask before a page is left while an upload is under way, which leaving would cancel. */
export function useLeaveWarning({ state, isUnderWay }: UnderWay): void {
  const { t } = useTranslation();
  const blocker = useBlocker(isUnderWay);
  const isShown = state !== null;
  useEffect(() => {
    if (!isShown) return undefined;
    const warn = (event: BeforeUnloadEvent) => {
      event.preventDefault();
    };
    window.addEventListener("beforeunload", warn);
    return () => {
      window.removeEventListener("beforeunload", warn);
    };
  }, [isShown]);
  useEffect(() => {
    if (blocker.state !== "blocked") return undefined;
    const question = {
      title: t("upload.leaveTitle"),
      content: t("upload.leaveQuestion"),
      okText: t("upload.leave"),
      okButtonProps: { danger: true },
      cancelText: t("upload.stay"),
      onOk: blocker.proceed,
      onCancel: blocker.reset,
    };
    let close: () => void = () => undefined;
    void wantPresenter().then(({ modal }) => {
      close = modal.confirm(question).destroy;
    });
    return () => {
      close();
    };
  }, [blocker, t]);
}
