import { Button } from "antd";
import Input from "antd/es/input/Input";
import Password from "antd/es/input/Password";
import { useId, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import styles from "./auth.module.css";

interface Props {
  isRunning: boolean;
  onSubmit: (username: string, password: string) => Promise<void>;
}

/** Two fields. Ant Design's forms would be a tenth of the first load. */
export function SignInForm({ isRunning, onSubmit }: Props) {
  const { t } = useTranslation();
  const [username, setUsername] = useState("");
  const [password, setPassword] = useState("");
  const [isTried, setTried] = useState(false);
  const submit = async (event: React.SyntheticEvent) => {
    event.preventDefault();
    setTried(true);
    if (username.trim() && password) await onSubmit(username.trim(), password);
  };
  return (
    <form className={styles.form} onSubmit={(event) => void submit(event)} noValidate>
      <Field
        label={t("auth.signIn.username")}
        fault={isTried && !username.trim() ? t("auth.signIn.usernameMissing") : null}
      >
        {(control) => (
          <Input
            {...control}
            size="large"
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
            value={username}
            onChange={(event) => {
              setUsername(event.target.value);
            }}
          />
        )}
      </Field>
      <Field
        label={t("auth.signIn.password")}
        fault={isTried && !password ? t("auth.signIn.passwordMissing") : null}
      >
        {(control) => (
          <Password
            {...control}
            size="large"
            autoComplete="current-password"
            value={password}
            onChange={(event) => {
              setPassword(event.target.value);
            }}
          />
        )}
      </Field>
      <Button type="primary" size="large" htmlType="submit" block loading={isRunning}>
        {t("auth.signIn.submit")}
      </Button>
    </form>
  );
}

interface Control {
  id: string;
  status: "error" | undefined;
  "aria-invalid": boolean;
  "aria-describedby": string;
}

interface FieldProps {
  label: string;
  fault: string | null;
  children: (control: Control) => ReactNode;
}

function Field({ label, fault, children }: FieldProps) {
  const id = useId();
  const faultId = `${id}-fault`;
  return (
    <div>
      <label htmlFor={id}>{label}</label>
      {children({
        id,
        status: fault === null ? undefined : "error",
        "aria-invalid": fault !== null,
        "aria-describedby": faultId,
      })}
      <p id={faultId} className={styles.fault} aria-live="polite">
        {fault}
      </p>
    </div>
  );
}
