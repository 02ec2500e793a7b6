import { AutoComplete, Form, Input, Select, type FormInstance } from "antd";
import { useTranslation } from "react-i18next";
import { Code } from "@/kit/code/Code";
import type { Draft } from "./draft";
import { snippetLanguages } from "./snippetLanguages";
import styles from "./snippets.module.css";

const titleMaxCharacters = 100;
const descriptionMaxCharacters = 10_000;
const languageMaxCharacters = 30;
const tagsAtMost = 20;

function useRequired() {
  const { t } = useTranslation();
  return { required: true, whitespace: true, message: t("common.errors.required") };
}

/** The fields of a folder, for a form. */
export function FolderFields() {
  return (
    <>
      <TitleField />
      <DescriptionField />
    </>
  );
}

/** The fields of a snippet, for a form. */
export function SnippetFields({ form }: { form: FormInstance<Draft> }) {
  const { t } = useTranslation();
  const required = useRequired();
  // Nothing is watched before the form is there.
  const language = (Form.useWatch("language", form) as string | undefined) ?? "";
  return (
    <>
      <TitleField />
      <Form.Item
        name="code"
        label={t("snippets.fields.code")}
        rules={[required]}
        extra={t("snippets.fields.codeHint")}
      >
        <FormCode language={language} label={t("snippets.fields.code")} />
      </Form.Item>
      <div className={styles.fieldRow}>
        <Form.Item name="language" label={t("snippets.fields.language")} rules={[required]}>
          <AutoComplete
            options={snippetLanguages.map((value) => ({ value }))}
            showSearch={{ filterOption: false }}
            maxLength={languageMaxCharacters}
          />
        </Form.Item>
        <Form.Item
          name="tags"
          label={t("snippets.fields.tags")}
          extra={t("snippets.fields.tagsHint")}
        >
          <Select
            mode="tags"
            open={false}
            suffix={<></>}
            tokenSeparators={[",", "，", ";", "；"]}
            maxCount={tagsAtMost}
          />
        </Form.Item>
      </div>
      <DescriptionField />
    </>
  );
}

function TitleField() {
  const { t } = useTranslation();
  return (
    <Form.Item name="title" label={t("snippets.fields.title")} rules={[useRequired()]}>
      <Input maxLength={titleMaxCharacters} autoComplete="off" />
    </Form.Item>
  );
}

function DescriptionField() {
  const { t } = useTranslation();
  return (
    <Form.Item name="description" label={t("snippets.fields.description")}>
      <Input.TextArea autoSize={{ minRows: 2, maxRows: 8 }} maxLength={descriptionMaxCharacters} />
    </Form.Item>
  );
}

interface FormCodeProps {
  language: string;
  label: string;
  /** These are given by the form. */
  id?: string;
  value?: string;
  onChange?: (code: string) => void;
}

function FormCode({ language, label, id, value = "", onChange }: FormCodeProps) {
  return (
    <Code
      id={id}
      label={label}
      value={value}
      language={language}
      onChange={(code) => onChange?.(code)}
    />
  );
}
