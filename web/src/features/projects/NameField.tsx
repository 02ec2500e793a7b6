import { Button, Form, Input } from "antd";
import { useTranslation } from "react-i18next";
import { nameMaxCharacters, nameRule } from "@/kit/names";
import styles from "./projects.module.css";

interface Props {
  label: string;
  hint: string;
  /** A free name, when the one that was sent is taken. */
  proposal: string | undefined;
  onAccept: (name: string) => void;
}

/** The name of a project; when it is taken, a free one is a click away. */
export function NameField({ label, hint, proposal, onAccept }: Props) {
  const { t } = useTranslation();
  return (
    <Form.Item
      name="name"
      label={label}
      rules={[nameRule]}
      validateTrigger="onBlur"
      extra={
        proposal ? (
          <Button
            type="link"
            size="small"
            className={styles.proposal}
            onClick={() => {
              onAccept(proposal);
            }}
          >
            {t("common.actions.use", { name: proposal })}
          </Button>
        ) : (
          hint
        )
      }
    >
      <Input maxLength={nameMaxCharacters} autoComplete="off" />
    </Form.Item>
  );
}
