// Requirements: B3
import { useQueryClient } from "@tanstack/react-query";
import { Button, Form, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { changePassword } from "@/api/auth";
import { showAtFields } from "@/kit/formProblem";
import { ProblemAlert } from "@/kit/ProblemAlert";
import { useAction } from "@/kit/useAction";
import { tokensKey } from "./queries";
import styles from "./users.module.css";
import { notify } from "@/kit/notices";

interface Fields {
  current_password: string;
  new_password: string;
  repeated: string;
}

export function PasswordForm({ username }: { username: string }) {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const [form] = Form.useForm<Fields>();
  const [error, setError] = useState<unknown>(null);
  const save = useAction(async (fields: Fields) => {
    setError(null);
    try {
      await changePassword(fields.current_password, fields.new_password);
      form.resetFields();
      notify.success(t("users.password.changed"));
      await queryClient.invalidateQueries({ queryKey: tokensKey });
    } catch (thrown) {
      setError(showAtFields(form, thrown));
    }
  });
  return (
    <Form<Fields> form={form} layout="vertical" requiredMark={false} onFinish={save.run}>
      <ProblemAlert error={error} className={styles.problem} />
      {/* Tells a password manager whose password this is. */}
      <input hidden readOnly autoComplete="username" value={username} />
      <Form.Item
        name="current_password"
        label={t("users.password.current")}
        rules={[{ required: true, message: t("common.errors.required") }]}
      >
        <Input.Password autoComplete="current-password" />
      </Form.Item>
      <Form.Item
        name="new_password"
        label={t("users.password.new")}
        rules={[{ required: true, message: t("common.errors.required") }]}
      >
        <Input.Password autoComplete="new-password" />
      </Form.Item>
      <Form.Item
        name="repeated"
        label={t("users.password.repeat")}
        dependencies={["new_password"]}
        rules={[
          ({ getFieldValue }) => ({
            validator: (_rule, value: string | undefined) =>
              (value ?? "") === ((getFieldValue("new_password") as string | undefined) ?? "")
                ? Promise.resolve()
                : Promise.reject(new Error(t("users.password.differs"))),
          }),
        ]}
      >
        <Input.Password autoComplete="new-password" />
      </Form.Item>
      <Button type="primary" htmlType="submit" loading={save.isRunning}>
        {t("users.password.submit")}
      </Button>
    </Form>
  );
}
