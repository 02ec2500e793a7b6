// Requirements: E6
import { useTranslation } from "react-i18next";
import type { FilePreview } from "@/api/types";
import { DataTable } from "./DataTable";
import { delimiterOf, parseTable } from "./table";
import styles from "./datasets.module.css";

const pictureMaxBytes = 20 * 1024 ** 2;

interface Props {
  file: FilePreview;
  /** Of the file's content. */
  address: string;
}

/** How a file begins: as a picture, a table, text or bytes. */
export function FileStart({ file, address }: Props) {
  const { t } = useTranslation();
  if (/\.(png|jpe?g|gif|webp)$/i.test(file.path) && file.size_bytes <= pictureMaxBytes) {
    return <img className={styles.picture} src={address} alt={file.path} />;
  }
  if (file.size_bytes === 0) return <p>{t("datasets.file.empty")}</p>;
  const delimiter = file.encoding === null ? null : delimiterOf(file.path);
  const [head, ...rows] = delimiter === null ? [] : parseTable(file.first_lines, delimiter);
  if (head !== undefined && !file.is_cut) {
    return <DataTable caption={t("datasets.file.firstRows")} head={head} rows={rows} />;
  }
  return (
    <>
      <p className={styles.meta}>
        {t(file.encoding === null ? "datasets.file.firstBytes" : "datasets.file.firstLines")}
      </p>
      {/* Long lines are scrolled, which the keyboard can do as well. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <pre className={styles.lines} tabIndex={0}>
        {file.first_lines.join("\n")}
      </pre>
      {file.is_cut ? <p className={styles.meta}>{t("datasets.file.cut")}</p> : null}
    </>
  );
}
