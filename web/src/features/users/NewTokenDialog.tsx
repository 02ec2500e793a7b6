import { useQueryClient } from "@tanstack/react-query";
import { Alert, Button, Form, Input, Modal, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { createToken } from "@/api/auth";
import { CopyText } from "@/kit/CopyText";
import { showAtFields } from "@/kit/formProblem";
import { ProblemAlert } from "@/kit/ProblemAlert";
import { useAction } from "@/kit/useAction";
import { tokensKey } from "./queries";
import styles from "./users.module.css";

const dayChoices = [7, 30, 90, 365];

interface Fields {
  name: string;
  days: number;
}

/** Two steps: what it is for, then its value, which is shown this once. */
export function NewTokenDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const [form] = Form.useForm<Fields>();
  const [value, setValue] = useState<string>();
  const [error, setError] = useState<unknown>(null);
  const create = useAction(async ({ name, days }: Fields) => {
    setError(null);
    try {
      const created = await createToken(name.trim(), days);
      setValue(created.token);
      await queryClient.invalidateQueries({ queryKey: tokensKey });
    } catch (thrown) {
      setError(showAtFields(form, thrown, { expires_in_days: "days" }));
    }
  });
  const footer =
    value === undefined ? (
      <>
        <Button onClick={onClose}>{t("common.actions.cancel")}</Button>
        <Button type="primary" htmlType="submit" form="new-token" loading={create.isRunning}>
          {t("users.tokens.submit")}
        </Button>
      </>
    ) : (
      <Button type="primary" onClick={onClose}>
        {t("common.actions.close")}
      </Button>
    );
  return (
    <Modal
      open
      title={t("users.tokens.new")}
      onCancel={onClose}
      afterOpenChange={() => {
        form.focusField("name");
      }}
      mask={{ closable: value === undefined }}
      footer={footer}
    >
      {value === undefined ? (
        <>
          <ProblemAlert error={error} className={styles.problem} />
          <TokenForm form={form} onFinish={create.run} />
        </>
      ) : (
        <>
          <Alert
            className={styles.problem}
            type="warning"
            showIcon
            title={t("users.tokens.once")}
          />
          <CopyText label={t("users.tokens.value")} text={value} />
        </>
      )}
    </Modal>
  );
}

interface TokenFormProps {
  form: ReturnType<typeof Form.useForm<Fields>>[0];
  onFinish: (fields: Fields) => Promise<void>;
}

function TokenForm({ form, onFinish }: TokenFormProps) {
  const { t } = useTranslation();
  return (
    <Form<Fields>
      id="new-token"
      form={form}
      layout="vertical"
      requiredMark={false}
      initialValues={{ name: "", days: 90 }}
      onFinish={onFinish}
    >
      <Form.Item
        name="name"
        label={t("users.tokens.name")}
        extra={t("users.tokens.nameHint")}
        rules={[{ required: true, whitespace: true, message: t("common.errors.required") }]}
      >
        <Input maxLength={100} autoComplete="off" />
      </Form.Item>
      <Form.Item name="days" label={t("users.tokens.days")}>
        <Select
          options={dayChoices.map((days) => ({
            value: days,
            label: t("users.tokens.daysOption", { count: days }),
          }))}
        />
      </Form.Item>
    </Form>
  );
}
