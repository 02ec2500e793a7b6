// Requirements: E5
import { Button, Checkbox } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { deleteDatasets } from "@/api/datasets";
import type { Dataset, DatasetDeletion } from "@/api/types";
import { DeleteIcon } from "@/kit/icons";
import { notify } from "@/kit/notices";
import { useConfirm } from "@/kit/useConfirm";
import { DatasetRow } from "./DatasetRow";
import { DeletionReport } from "./DeletionReport";
import { useDatasetsChanged } from "./queries";
import styles from "./datasets.module.css";

/** Data sets with a box each, and what can be done with all that are ticked. */
export function SelectableDatasets({ datasets }: { datasets: readonly Dataset[] }) {
  const { t } = useTranslation();
  const [ticked, setTicked] = useState<ReadonlySet<number>>(new Set());
  const [report, setReport] = useState<readonly DatasetDeletion[]>([]);
  // What a search hides is not deleted with what is seen.
  const chosen = datasets.filter(({ id }) => ticked.has(id));
  const remove = useBatchRemoval((answers) => {
    setReport(answers);
    setTicked(new Set(answers.filter((one) => !one.is_deleted).map(({ id }) => id)));
  });
  const tick = (id: number, isOn: boolean) => {
    const next = new Set(ticked);
    if (isOn) next.add(id);
    else next.delete(id);
    setTicked(next);
  };
  return (
    <>
      <DeletionReport items={report} datasets={datasets} />
      <div className={styles.batch}>
        <Checkbox
          checked={chosen.length === datasets.length}
          indeterminate={chosen.length > 0 && chosen.length < datasets.length}
          onChange={({ target }) => {
            setTicked(new Set(target.checked ? datasets.map(({ id }) => id) : []));
          }}
        >
          {chosen.length > 0
            ? t("datasets.batch.chosen", { count: chosen.length })
            : t("datasets.batch.all")}
        </Checkbox>
        {chosen.length > 0 ? (
          <Button
            danger
            size="small"
            icon={<DeleteIcon />}
            onClick={() => {
              remove(chosen);
            }}
          >
            {t("datasets.batch.delete")}
          </Button>
        ) : null}
      </div>
      <ul className={styles.list}>
        {datasets.map((dataset) => (
          <DatasetRow
            key={dataset.id}
            dataset={dataset}
            mark={
              <Checkbox
                aria-label={t("datasets.batch.choose", { name: dataset.name })}
                checked={ticked.has(dataset.id)}
                onChange={({ target }) => {
                  tick(dataset.id, target.checked);
                }}
              />
            }
          />
        ))}
      </ul>
    </>
  );
}

function useBatchRemoval(onDone: (answers: readonly DatasetDeletion[]) => void) {
  const { t } = useTranslation();
  const confirm = useConfirm();
  const changed = useDatasetsChanged();
  return (datasets: readonly Dataset[]) => {
    confirm({
      title: t("datasets.batch.question", { count: datasets.length }),
      content: t("datasets.batch.warning"),
      action: t("datasets.batch.delete"),
      onConfirm: async () => {
        const answers = await deleteDatasets(datasets.map(({ id }) => id));
        const count = answers.filter((one) => one.is_deleted).length;
        notify.success(t("datasets.batch.done", { count }));
        onDone(answers);
        await changed();
      },
    });
  };
}
