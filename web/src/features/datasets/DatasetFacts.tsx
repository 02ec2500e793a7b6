// Requirements: E2
import { useTranslation } from "react-i18next";
import type { Dataset } from "@/api/types";
import { Facts } from "@/kit/Facts";
import { useFormat } from "@/kit/format";

/** What is known of a data set, in numbers. */
export function DatasetFacts({ dataset }: { dataset: Dataset }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <Facts
      items={[
        [
          t("datasets.page.size"),
          `${format.bytes(dataset.size_bytes)} · ${t("common.files", { count: dataset.file_count })}`,
        ],
        [t("datasets.page.created"), format.dateTime(dataset.created_at)],
        [t("datasets.page.changed"), format.dateTime(dataset.updated_at)],
        [t("datasets.page.usedBy"), t("datasets.uses.count", { count: dataset.used_by_count })],
        [t("datasets.page.folder"), <code key="path">~/{dataset.path}</code>],
        ...(dataset.is_public
          ? [
              [
                t("datasets.page.forks"),
                t("datasets.forks", { count: dataset.fork_count }),
              ] as const,
            ]
          : []),
      ]}
    />
  );
}
