import { Form, Modal } from "antd";
import { useId, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { ProblemAlert } from "@/kit/ProblemAlert";
import type { useNamedForm } from "./useNamedForm";
import styles from "./projects.module.css";

interface Props<Fields extends { name?: string }> {
  title: string;
  action: string;
  named: ReturnType<typeof useNamedForm<Fields>>;
  initialValues: Fields;
  onClose: () => void;
  width?: number;
  /** The field to begin in. */
  focus?: string;
  children: ReactNode;
}

/** A dialog with a form, which says what was refused and stays open until it is done. */
export function FormDialog<Fields extends { name?: string }>(props: Props<Fields>) {
  const {
    title,
    action,
    named,
    initialValues,
    onClose,
    width = 560,
    focus = "name",
    children,
  } = props;
  const { t } = useTranslation();
  const id = useId();
  return (
    <Modal
      open
      title={title}
      width={width}
      onCancel={onClose}
      afterOpenChange={() => {
        named.form.focusField(focus);
      }}
      okText={action}
      cancelText={t("common.actions.cancel")}
      okButtonProps={{ loading: named.isSending, htmlType: "submit", form: id }}
    >
      <ProblemAlert error={named.error} className={styles.problem} />
      <Form<Fields>
        id={id}
        form={named.form}
        layout="vertical"
        requiredMark={false}
        initialValues={initialValues}
        onFinish={named.submit}
      >
        {children}
      </Form>
    </Modal>
  );
}
