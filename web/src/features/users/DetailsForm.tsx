// Requirements: B2
import { useQueryClient } from "@tanstack/react-query";
import { Button, Form, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { updateUser } from "@/api/users";
import type { User } from "@/api/types";
import { sessionKey } from "@/features/auth/session";
import { showAtFields } from "@/kit/formProblem";
import { ProblemAlert } from "@/kit/ProblemAlert";
import { useAction } from "@/kit/useAction";
import styles from "./users.module.css";
import { notify } from "@/kit/notices";

interface Fields {
  display_name: string;
  email: string;
}

export function DetailsForm({ user }: { user: User }) {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const [form] = Form.useForm<Fields>();
  const [error, setError] = useState<unknown>(null);
  const save = useAction(async (fields: Fields) => {
    setError(null);
    try {
      const saved = await updateUser(user.id, fields);
      form.setFieldsValue(saved);
      await queryClient.invalidateQueries({ queryKey: sessionKey });
      notify.success(t("common.saved"));
    } catch (thrown) {
      setError(showAtFields(form, thrown));
    }
  });
  return (
    <Form<Fields>
      form={form}
      layout="vertical"
      requiredMark={false}
      initialValues={{ display_name: user.display_name, email: user.email }}
      onFinish={save.run}
    >
      <ProblemAlert error={error} className={styles.problem} />
      <PersonFields />
      <Button type="primary" htmlType="submit" loading={save.isRunning}>
        {t("common.actions.save")}
      </Button>
    </Form>
  );
}

/** What both its owner and an administrator may change of an account. */
export function PersonFields() {
  const { t } = useTranslation();
  return (
    <>
      <Form.Item name="display_name" label={t("users.account.displayName")}>
        <Input maxLength={100} autoComplete="name" />
      </Form.Item>
      <Form.Item
        name="email"
        label={t("users.account.email")}
        validateTrigger="onBlur"
        rules={[{ type: "email", message: t("users.account.emailInvalid") }]}
      >
        <Input maxLength={254} autoComplete="email" inputMode="email" />
      </Form.Item>
    </>
  );
}
