// Requirements: E6
import { useTranslation } from "react-i18next";
import { useFilePreview } from "@/features/datasets/queries";
import { useFormat } from "@/kit/format";
import { QueryView } from "@/kit/QueryView";
import type { DatasetNode } from "./datasetTree";
import styles from "./projects.module.css";

interface Props {
  /** Null once the owner of a public data set has deleted it. */
  datasetId: number | null;
  node: DatasetNode;
}

/** How a file begins. */
export function FileStart({ datasetId, node }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const fileId = node.file?.id;
  const preview = useFilePreview(datasetId, fileId);
  if (datasetId === null || fileId === undefined) {
    return <p className={styles.none}>{t("projects.page.noPreview", { name: node.name })}</p>;
  }
  return (
    <QueryView query={preview}>
      {({ path, size_bytes, disk_bytes, first_lines, encoding, is_cut }) => (
        <figure className={styles.preview}>
          <figcaption>
            <strong>{path}</strong>
            <span>
              {t("projects.page.sizes", {
                size: format.bytes(size_bytes),
                disk: format.bytes(disk_bytes),
              })}
              {encoding === null ? ` · ${t("projects.page.binary")}` : null}
            </span>
          </figcaption>
          {/* A long line is scrolled to by keys as well. */}
          {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
          <pre tabIndex={0}>{first_lines.join("\n") || t("projects.page.emptyFile")}</pre>
          {is_cut ? <p className={styles.none}>{t("projects.page.linesCut")}</p> : null}
        </figure>
      )}
    </QueryView>
  );
}
