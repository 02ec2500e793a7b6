import { Alert, Button, Checkbox, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { UploadFile } from "@/api/upload";
import type { CheckedFile, CheckedFiles } from "@/api/uploads";
import { MoreFiles } from "@/kit/upload/ChosenFiles";
import {
  allChoices,
  choicesFor,
  isArchive,
  planFiles,
  type Choice,
  type PlannedFile,
} from "./plan";
import styles from "./uploads.module.css";

const shownAtMost = 200;

export interface Review {
  files: readonly UploadFile[];
  checked: CheckedFiles;
  /** What goes on without a question. */
  resumed: readonly PlannedFile[];
}

interface Props {
  review: Review;
  onSend: (files: PlannedFile[]) => void;
  onCancel: () => void;
}

/** Before a byte is sent: what to do with paths that are taken, and with archives. */
export function ReviewFiles({ review, onSend, onCancel }: Props) {
  const { t } = useTranslation();
  const [choices, setChoices] = useState<ReadonlyMap<string, Choice>>(new Map());
  const [unpack, setUnpack] = useState(false);
  const { files, checked, resumed } = review;
  const archives = files.filter(({ path }) => isArchive(path)).length;
  const asked = checked.files.filter(({ clash, problem }) => clash || problem);
  const byPath = new Map(checked.files.map((one) => [one.path, one]));
  const planned = [...resumed, ...planFiles(files, { checked: byPath, choices, unpack })];
  const chooseForAll = (choice: Choice) => {
    const able = asked.filter((one) => choicesFor(one).includes(choice));
    setChoices(new Map([...choices, ...able.map(({ path }) => [path, choice] as const)]));
  };
  const chooseFor = (path: string, choice: Choice) => {
    setChoices(new Map(choices).set(path, choice));
  };
  return (
    <div className={styles.review}>
      {checked.problem ? (
        <Alert type="error" showIcon role="alert" title={checked.problem.detail} />
      ) : null}
      {archives > 0 ? (
        <Checkbox
          checked={unpack}
          onChange={(event) => {
            setUnpack(event.target.checked);
          }}
        >
          {t("upload.unpack", { count: archives })}
        </Checkbox>
      ) : null}
      {asked.length > 0 ? (
        <>
          <div className={styles.reviewHeader}>
            <h3>{t("upload.clashes", { count: asked.length })}</h3>
            <ForAll onChoose={chooseForAll} />
          </div>
          <ul className={styles.list} aria-label={t("upload.clashList")}>
            {asked.slice(0, shownAtMost).map((one) => (
              <Clash
                key={one.path}
                checked={one}
                choice={choices.get(one.path) ?? "skip"}
                onChoose={chooseFor}
              />
            ))}
          </ul>
          <MoreFiles hidden={asked.length - shownAtMost} />
        </>
      ) : null}
      <div className={styles.actions}>
        <Button
          type="primary"
          disabled={planned.length === 0 || Boolean(checked.problem)}
          onClick={() => {
            onSend(planned);
          }}
        >
          {t("upload.send", { count: planned.length })}
        </Button>
        <Button onClick={onCancel}>{t("common.actions.cancel")}</Button>
      </div>
    </div>
  );
}

function ForAll({ onChoose }: { onChoose: (choice: Choice) => void }) {
  const { t } = useTranslation();
  return (
    <div className={styles.forAll}>
      <span>{t("upload.forAll")}</span>
      {allChoices.map((choice) => (
        <Button
          key={choice}
          size="small"
          onClick={() => {
            onChoose(choice);
          }}
        >
          {t(`upload.clash.${choice}`)}
        </Button>
      ))}
    </div>
  );
}

interface ClashProps {
  checked: CheckedFile;
  choice: Choice;
  onChoose: (path: string, choice: Choice) => void;
}

function Clash({ checked, choice, onChoose }: ClashProps) {
  const { t } = useTranslation();
  const options = choicesFor(checked).map((value) => ({
    value,
    label:
      value === "rename"
        ? t("upload.renameTo", { name: checked.proposal ?? "" })
        : t(`upload.clash.${value}`),
  }));
  return (
    <li>
      <span className={styles.path}>{checked.path}</span>
      {checked.problem ? (
        <span className={styles.problem}>{checked.problem.detail}</span>
      ) : (
        <Select
          className={styles.choice}
          size="small"
          aria-label={t("upload.choiceFor", { name: checked.path })}
          value={choice}
          options={options}
          onChange={(value) => {
            onChoose(checked.path, value);
          }}
        />
      )}
    </li>
  );
}
