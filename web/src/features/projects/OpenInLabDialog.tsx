import { Button, Modal } from "antd";
import { useCallback, useEffect } from "react";
import { useTranslation } from "react-i18next";
import { getRuntimeAddress } from "@/api/projects";
import { getPublicRuntimeAddress } from "@/api/publicProjects";
import { OpeningView } from "@/features/notebooks/OpeningView";
import { useOpening } from "@/features/notebooks/useOpening";
import type { Target } from "./target";

interface Props {
  target: Target;
  onClose: () => void;
}

/** What happens between the click and JupyterLab. */
export function OpenInLabDialog({ target, onClose }: Props) {
  const { t } = useTranslation();
  const { kind, id } = target;
  const findAddress = useCallback(
    (serviceName: string) =>
      (kind === "own" ? getRuntimeAddress : getPublicRuntimeAddress)(id, serviceName),
    [kind, id],
  );
  const { opening, retry } = useOpening(findAddress);
  useEffect(() => {
    // Coming back from JupyterLab, the browser may show this page as it was left.
    const close = (event: PageTransitionEvent) => {
      if (event.persisted) onClose();
    };
    window.addEventListener("pageshow", close);
    return () => {
      window.removeEventListener("pageshow", close);
    };
  }, [onClose]);
  const hasFailed = opening.phase === "failed";
  return (
    <Modal
      open
      title={t("notebooks.openProject.title", { name: target.name })}
      onCancel={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t("common.actions.cancel")}</Button>
          {hasFailed ? (
            <Button type="primary" onClick={retry}>
              {t("common.actions.retry")}
            </Button>
          ) : null}
        </>
      }
    >
      <OpeningView opening={opening} failed={t("notebooks.openProject.failed")} />
    </Modal>
  );
}
