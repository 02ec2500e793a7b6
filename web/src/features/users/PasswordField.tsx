import { Button, Form, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { generatePassword } from "./generatePassword";
import styles from "./users.module.css";

interface Props {
  name: string;
  label: string;
  hint: string;
}

/** A password that one person sets for another: shown on demand, or made at random. */
export function PasswordField({ name, label, hint }: Props) {
  const { t } = useTranslation();
  const form = Form.useFormInstance();
  const [isVisible, setVisible] = useState(false);
  return (
    <Form.Item label={label} htmlFor={name} extra={hint} className={styles.passwordField}>
      <div className={styles.passwordRow}>
        <Form.Item
          name={name}
          noStyle
          rules={[{ required: true, message: t("common.errors.required") }]}
        >
          <Input.Password
            id={name}
            autoComplete="new-password"
            visibilityToggle={{ visible: isVisible, onVisibleChange: setVisible }}
          />
        </Form.Item>
        <Button
          onClick={() => {
            form.setFieldValue(name, generatePassword());
            setVisible(true);
          }}
        >
          {t("users.admin.generate")}
        </Button>
      </div>
    </Form.Item>
  );
}
