import { Button, Form, Input } from "antd";
import { useTranslation } from "react-i18next";
import { nameMaxCharacters, nameRule } from "@/kit/names";
import styles from "./datasets.module.css";

interface Props {
  hint: string;
  /** A name that is free, after one that was not. */
  proposal: string | undefined;
  disabled?: boolean;
}

/** The name of a data set; a free one is a click away. */
export function NameField({ hint, proposal, disabled = false }: Props) {
  const { t } = useTranslation();
  const form = Form.useFormInstance<{ name: string }>();
  const use = (name: string) => {
    form.setFieldsValue({ name });
    void form.validateFields(["name"]);
  };
  return (
    <Form.Item
      name="name"
      label={t("datasets.create.name")}
      rules={[nameRule]}
      validateTrigger="onBlur"
      extra={
        proposal ? (
          <Button
            type="link"
            size="small"
            className={styles.proposal}
            onClick={() => {
              use(proposal);
            }}
          >
            {t("common.actions.use", { name: proposal })}
          </Button>
        ) : (
          hint
        )
      }
    >
      <Input maxLength={nameMaxCharacters} autoComplete="off" disabled={disabled} />
    </Form.Item>
  );
}
