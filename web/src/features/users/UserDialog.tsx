// Requirements: B1, B2, C1
import { Checkbox, Form, Input, Modal } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { User } from "@/api/types";
import { createUser, updateUser } from "@/api/users";
import { useCurrentUser } from "@/features/auth/session";
import { showAtFields } from "@/kit/formProblem";
import { ProblemAlert } from "@/kit/ProblemAlert";
import { useAction } from "@/kit/useAction";
import { PersonFields } from "./DetailsForm";
import { PasswordField } from "./PasswordField";
import { useUsersChanged } from "./queries";
import styles from "./users.module.css";
import { notify } from "@/kit/notices";

const usernamePattern = /^(?=.{2,32}$)[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/;

interface Fields {
  username: string;
  password: string;
  display_name: string;
  email: string;
  is_admin: boolean;
}

interface Props {
  /** The account to change; without one a new one is made. */
  user?: User;
  onClose: () => void;
}

export function UserDialog({ user, onClose }: Props) {
  const { t } = useTranslation();
  const changed = useUsersChanged();
  const [form] = Form.useForm<Fields>();
  const [error, setError] = useState<unknown>(null);
  const save = useAction(async ({ username, password, ...rest }: Fields) => {
    setError(null);
    try {
      if (user) await updateUser(user.id, rest);
      else await createUser({ username, password, ...rest, email: rest.email || undefined });
      notify.success(user ? t("common.saved") : t("users.admin.createdNotice", { name: username }));
      onClose();
      await changed();
    } catch (thrown) {
      // The server names the field of the other form that asks for a password.
      setError(showAtFields(form, thrown, { new_password: "password" }));
    }
  });
  const name = user ? user.display_name || user.username : "";
  return (
    <Modal
      open
      title={user ? t("users.admin.editTitle", { name }) : t("users.admin.createTitle")}
      onCancel={onClose}
      afterOpenChange={() => {
        form.focusField(user ? "display_name" : "username");
      }}
      okText={user ? t("common.actions.save") : t("common.actions.create")}
      cancelText={t("common.actions.cancel")}
      okButtonProps={{ htmlType: "submit", form: "user", loading: save.isRunning }}
    >
      <ProblemAlert error={error} className={styles.problem} />
      <Form<Fields>
        id="user"
        form={form}
        layout="vertical"
        requiredMark={false}
        autoComplete="off"
        initialValues={user ?? { display_name: "", email: "", is_admin: false }}
        onFinish={save.run}
      >
        {user ? null : <AccountFields />}
        <PersonFields />
        <AdminField user={user} />
      </Form>
    </Modal>
  );
}

function AccountFields() {
  const { t } = useTranslation();
  return (
    <>
      <Form.Item
        name="username"
        label={t("users.account.username")}
        extra={t("users.admin.usernameHint")}
        validateTrigger="onBlur"
        rules={[
          { required: true, message: t("common.errors.required") },
          { pattern: usernamePattern, message: t("users.admin.usernameInvalid") },
        ]}
      >
        <Input autoComplete="off" autoCapitalize="none" spellCheck={false} maxLength={32} />
      </Form.Item>
      <PasswordField
        name="password"
        label={t("users.admin.initialPassword")}
        hint={t("users.admin.initialPasswordHint")}
      />
    </>
  );
}

function AdminField({ user }: { user: User | undefined }) {
  const { t } = useTranslation();
  const isMyself = useCurrentUser().id === user?.id;
  return (
    <Form.Item name="is_admin" valuePropName="checked">
      <Checkbox disabled={isMyself}>{t("users.admin.isAdmin")}</Checkbox>
    </Form.Item>
  );
}
