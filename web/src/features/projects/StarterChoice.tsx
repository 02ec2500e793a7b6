import { Radio, Segmented } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Starter } from "@/api/types";
import { useLanguage } from "@/i18n";
import { DatabaseIcon, FileIcon } from "@/kit/icons";
import { QueryView } from "@/kit/QueryView";
import { categoriesOf } from "./starterGroups";
import { useStarters } from "./queries";
import styles from "./starters.module.css";

interface Props {
  /** Given by the form. */
  id?: string;
  value?: string;
  onChange?: (name: string) => void;
}

/** What a project can begin with, as cards; by category where there are several. */
export function StarterChoice(props: Props) {
  const starters = useStarters();
  return <QueryView query={starters}>{(known) => <Cards {...props} starters={known} />}</QueryView>;
}

function Cards({ id, value, onChange, starters }: Props & { starters: readonly Starter[] }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const [category, setCategory] = useState("");
  const categories = categoriesOf(starters, language);
  const shown = starters.filter((starter) => category === "" || starter.category === category);
  return (
    <>
      {categories.length > 1 ? (
        <Segmented
          className={styles.categories}
          aria-label={t("projects.create.category")}
          value={category}
          onChange={setCategory}
          options={[
            { value: "", label: t("projects.filter.all") },
            ...categories.map(({ name, label }) => ({ value: name, label })),
          ]}
        />
      ) : null}
      <Radio.Group
        id={id}
        aria-label={t("projects.create.starter")}
        className={styles.starters}
        value={value}
        onChange={(event) => onChange?.(event.target.value as string)}
      >
        {shown.map((starter) => (
          <Radio key={starter.name} value={starter.name} className={styles.starter}>
            <StarterCard starter={starter} />
          </Radio>
        ))}
      </Radio.Group>
    </>
  );
}

function StarterCard({ starter }: { starter: Starter }) {
  const { t } = useTranslation();
  const isEnglish = useLanguage() === "en";
  return (
    <>
      <span className={styles.picture} aria-hidden="true">
        {starter.picture ? <img src={starter.picture} alt="" loading="lazy" /> : <FileIcon />}
      </span>
      <span className={styles.text}>
        <span className={styles.name}>{isEnglish ? starter.label_en : starter.label_zh}</span>
        <span className={styles.description}>
          {isEnglish ? starter.description_en : starter.description_zh}
        </span>
        {starter.dataset ? (
          <span className={styles.needs}>
            <DatabaseIcon /> {t("projects.create.comesWith", { name: starter.dataset.name })}
          </span>
        ) : starter.needs_dataset ? (
          <span className={styles.needs}>
            <DatabaseIcon /> {t("projects.create.needsDataset")}
          </span>
        ) : null}
      </span>
    </>
  );
}
