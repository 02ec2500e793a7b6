// Requirements: E6
import { useTranslation } from "react-i18next";
import type { ColumnProfile, TableProfile } from "@/api/types";
import { useLanguage } from "@/i18n";
import { ColumnChart } from "./ColumnChart";
import data from "../datasets.module.css";
import styles from "./profile.module.css";

/** The first rows of a table under what is known of each column. */
export function ProfiledTable({ profile }: { profile: TableProfile }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const number = (value: number) => new Intl.NumberFormat(language).format(value);
  const { columns, rows, row_count: total, sampled_rows: sampled } = profile;
  const numeric = columns.map(({ type }) => type === "integer" || type === "number");
  return (
    <>
      <p className={data.meta}>
        <span>
          {typeof total === "number"
            ? t("datasets.profile.rows", { rows: number(total), count: total })
            : t("datasets.profile.rowsUnknown")}
        </span>
        <span>{t("datasets.profile.columns", { count: profile.column_count })}</span>
        <span>{t("datasets.profile.sample", { rows: number(sampled), count: sampled })}</span>
      </p>
      {/* Wide tables are scrolled, which the keyboard can do as well. */}
      <div
        className={data.tableBox}
        role="region"
        aria-label={t("datasets.file.firstRows")}
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        tabIndex={0}
      >
        <table className={data.data}>
          <thead>
            <tr>
              {columns.map((column, index) => (
                <th key={index} scope="col" className={styles.column}>
                  <Head column={column} sampled={sampled} />
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((cells, row) => (
              <tr key={row}>
                {cells.slice(0, columns.length).map((cell, index) => (
                  <td key={index} data-number={numeric[index]}>
                    {cell ?? <span className={styles.empty}>{t("datasets.profile.empty")}</span>}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {profile.column_count > columns.length ? (
        <p className={data.meta}>{t("datasets.profile.firstColumns", { count: columns.length })}</p>
      ) : null}
    </>
  );
}

function Head({ column, sampled }: { column: ColumnProfile; sampled: number }) {
  const { t } = useTranslation();
  const { name, type, min, max, distinct } = column;
  const hasRange = min !== null && min !== undefined && max !== null && max !== undefined;
  const missing = sampled > 0 ? Math.round((column.null_count / sampled) * 100) : 0;
  return (
    <>
      <span className={styles.name}>{name}</span>
      <span className={styles.fact}>
        {t(`datasets.profile.types.${type}`)}
        {column.null_count > 0
          ? ` · ${t("datasets.profile.missing", { share: missing || "<1" })}`
          : null}
      </span>
      <ColumnChart column={column} />
      <span className={styles.fact}>
        {hasRange
          ? t("datasets.profile.range", { low: String(min), high: String(max) })
          : typeof distinct === "number"
            ? t("datasets.profile.distinct", { count: distinct })
            : null}
      </span>
    </>
  );
}
