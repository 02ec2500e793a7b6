import { Button, Modal } from "antd";
import { useTranslation } from "react-i18next";
import type { SignOut } from "./useSignOut";
import styles from "./auth.module.css";

/** Kernels compute, or may: stop them, let them finish, or stay. */
export function BusyDialog({ signOut }: { signOut: SignOut }) {
  const { t } = useTranslation();
  const { busy, running, leave, cancel } = signOut;
  return (
    <Modal
      open
      title={busy?.length ? t("auth.busy.title") : t("auth.busy.titleSilent")}
      onCancel={cancel}
      width={560}
      footer={
        <div className={styles.choices}>
          <Button onClick={cancel}>{t("common.actions.cancel")}</Button>
          <Button
            danger
            loading={running === "stop"}
            disabled={running !== null}
            onClick={() => void leave("stop")}
          >
            {t("auth.busy.stop")}
          </Button>
          <Button
            type="primary"
            loading={running === "keep"}
            disabled={running !== null}
            onClick={() => void leave("keep")}
          >
            {t("auth.busy.keep")}
          </Button>
        </div>
      }
    >
      <p>{busy?.length ? t("auth.busy.lead", { count: busy.length }) : t("auth.busy.silent")}</p>
      <ul className={styles.kernels}>
        {busy?.map((kernel) => (
          <li key={kernel.kernel_id}>{kernel.path || t("auth.busy.untitled")}</li>
        ))}
      </ul>
      <p>{t("auth.busy.question")}</p>
    </Modal>
  );
}
