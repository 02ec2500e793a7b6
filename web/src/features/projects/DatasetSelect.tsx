import { Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { groupChoices, type Linkable } from "./datasetChoices";
import { useDatasetSearch } from "./useDatasetSearch";

interface Props {
  /** Given by the form. */
  id?: string;
  value?: number[];
  onChange?: (ids: number[]) => void;
  /** Linked already: they are named even if they are none of the first. */
  known?: readonly Linkable[];
  isPublicOnly?: boolean;
}

/** One's own and the public data sets, found by typing a part of the name. */
export function DatasetSelect({ id, value, onChange, known = [], isPublicOnly = false }: Props) {
  const { t } = useTranslation();
  const [isOpen, setOpen] = useState(false);
  const found = useDatasetSearch();
  // What was chosen keeps its name when a search no longer finds it.
  const [chosen, setChosen] = useState<readonly Linkable[]>([]);
  const choices = groupChoices({ ...found, known: [...known, ...chosen], isPublicOnly });
  const choose = (ids: number[]) => {
    const all = [...chosen, ...found.mine, ...found.everybodys];
    setChosen(all.filter((one) => one.id !== null && ids.includes(one.id)));
    onChange?.(ids);
  };
  const options = [
    { label: t("projects.create.mine"), options: choices.mine },
    { label: t("projects.create.public"), options: choices.everybodys },
  ].filter((group) => group.options.length > 0);
  return (
    <Select<number[]>
      id={id}
      mode="multiple"
      open={isOpen}
      onOpenChange={setOpen}
      onSelect={() => {
        // Most projects read one data set; an open list would hide the form's button.
        setOpen(false);
      }}
      value={value}
      onChange={choose}
      loading={found.isSearching}
      options={options}
      showSearch={{ filterOption: false, onSearch: found.search }}
      placeholder={t("projects.create.datasetsPlaceholder")}
      aria-label={t("projects.create.datasets")}
      notFoundContent={
        found.words ? (
          t("projects.create.noneFound")
        ) : (
          <>
            {t("projects.create.noDatasets")}{" "}
            <Link to="/datasets/new">{t("projects.create.uploadFirst")}</Link>
          </>
        )
      }
    />
  );
}
