// Requirements: F5
import { Button, Modal } from "antd";
import { useTranslation } from "react-i18next";
import type { SnippetNode } from "@/api/types";
import { Difference } from "@/kit/code/Difference";
import { changesOf, draftOf, type Draft } from "./draft";
import styles from "./snippets.module.css";

interface Props {
  mine: Draft;
  theirs: SnippetNode;
  onMine: () => Promise<void>;
  onTheirs: () => Promise<void>;
  onCancel: () => void;
}

/** The snippet was saved elsewhere meanwhile: both versions, and which one shall stay. */
export function ConflictDialog({ mine, theirs, onMine, onTheirs, onCancel }: Props) {
  const { t } = useTranslation();
  const saved = draftOf(theirs);
  const { code, ...fields } = changesOf(mine, saved);
  return (
    <Modal
      open
      width={860}
      title={t("snippets.conflict.title", { name: theirs.title })}
      onCancel={onCancel}
      footer={
        <div className={styles.choices}>
          <Button onClick={onCancel}>{t("snippets.conflict.goOn")}</Button>
          <Button onClick={() => void onTheirs()}>{t("snippets.conflict.theirs")}</Button>
          <Button type="primary" onClick={() => void onMine()}>
            {t("snippets.conflict.mine")}
          </Button>
        </div>
      }
    >
      <p>{t("snippets.conflict.lead")}</p>
      <Fields fields={fields} saved={saved} />
      {code === undefined ? null : (
        <>
          <p className={styles.meta}>{t("snippets.conflict.legend")}</p>
          <Difference
            label={t("snippets.fields.code")}
            before={saved.code}
            after={code}
            language={mine.language}
          />
        </>
      )}
    </Modal>
  );
}

function Fields({ fields, saved }: { fields: Partial<Draft>; saved: Draft }) {
  const { t } = useTranslation();
  const names = Object.keys(fields) as (keyof typeof fields)[];
  if (names.length === 0) return null;
  const text = (value: string | readonly string[] | undefined) =>
    typeof value === "string" ? value : (value ?? []).join(", ");
  return (
    <table className={styles.compared}>
      <thead>
        <tr>
          <td />
          <th scope="col">{t("snippets.conflict.savedColumn")}</th>
          <th scope="col">{t("snippets.conflict.mineColumn")}</th>
        </tr>
      </thead>
      <tbody>
        {names.map((name) => (
          <tr key={name}>
            <th scope="row">{t(`snippets.fields.${name}`)}</th>
            <td>{text(saved[name])}</td>
            <td>{text(fields[name])}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
