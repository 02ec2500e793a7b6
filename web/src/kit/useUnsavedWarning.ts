import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { useBlocker } from "react-router";
import { wantPresenter } from "@/kit/notices";

/** Ask before changes are left that nobody has saved. */
export function useUnsavedWarning(isChanged: () => boolean): void {
  const { t } = useTranslation();
  const blocker = useBlocker(isChanged);
  useEffect(() => {
    const warn = (event: BeforeUnloadEvent) => {
      if (isChanged()) event.preventDefault();
    };
    window.addEventListener("beforeunload", warn);
    return () => {
      window.removeEventListener("beforeunload", warn);
    };
  }, [isChanged]);
  useEffect(() => {
    if (blocker.state !== "blocked") return undefined;
    const question = {
      title: t("common.unsaved.title"),
      content: t("common.unsaved.question"),
      okText: t("common.unsaved.leave"),
      okButtonProps: { danger: true },
      cancelText: t("common.unsaved.stay"),
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
