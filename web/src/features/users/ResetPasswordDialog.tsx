// Requirements: B3
import { Form, Modal } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { User } from "@/api/types";
import { resetPassword } from "@/api/users";
import { showAtFields } from "@/kit/formProblem";
import { ProblemAlert } from "@/kit/ProblemAlert";
import { useAction } from "@/kit/useAction";
import { PasswordField } from "./PasswordField";
import styles from "./users.module.css";
import { notify } from "@/kit/notices";

interface Props {
  user: User;
  onClose: () => void;
}

export function ResetPasswordDialog({ user, onClose }: Props) {
  const { t } = useTranslation();
  const [form] = Form.useForm<{ new_password: string }>();
  const [error, setError] = useState<unknown>(null);
  const name = user.display_name || user.username;
  const save = useAction(async (fields: { new_password: string }) => {
    setError(null);
    try {
      await resetPassword(user.id, fields.new_password);
      notify.success(t("users.admin.passwordSet", { name }));
      onClose();
    } catch (thrown) {
      setError(showAtFields(form, thrown));
    }
  });
  return (
    <Modal
      open
      title={t("users.admin.resetTitle", { name })}
      onCancel={onClose}
      afterOpenChange={() => {
        form.focusField("new_password");
      }}
      okText={t("users.admin.resetPassword")}
      cancelText={t("common.actions.cancel")}
      okButtonProps={{ htmlType: "submit", form: "reset", loading: save.isRunning }}
    >
      <ProblemAlert error={error} className={styles.problem} />
      <Form id="reset" form={form} layout="vertical" requiredMark={false} onFinish={save.run}>
        <PasswordField
          name="new_password"
          label={t("users.password.new")}
          hint={t("users.admin.resetHint")}
        />
      </Form>
    </Modal>
  );
}
