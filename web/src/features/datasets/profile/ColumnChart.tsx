import { useTranslation } from "react-i18next";
import type { ColumnProfile } from "@/api/types";
import { barsOf, pointsOf } from "./charts";
import styles from "./profile.module.css";

const box = { width: 132, height: 32 };
const line = { width: 132, height: 20 };

/** How a column's values spread and, of numbers, how they go on from row to row. */
export function ColumnChart({ column }: { column: ColumnProfile }) {
  const { t } = useTranslation();
  const { name, histogram, spark, top } = column;
  return (
    <>
      {histogram ? (
        <svg
          className={styles.bars}
          viewBox={`0 0 ${box.width} ${box.height}`}
          role="img"
          aria-label={t("datasets.profile.histogram", {
            name,
            low: String(histogram.edges[0] ?? ""),
            high: String(histogram.edges.at(-1) ?? ""),
          })}
        >
          {barsOf(histogram.counts, box).map((bar) => (
            <rect key={bar.x} {...bar} />
          ))}
        </svg>
      ) : null}
      {spark && spark.length > 1 ? (
        <svg
          className={styles.spark}
          viewBox={`0 0 ${line.width} ${line.height}`}
          role="img"
          aria-label={t("datasets.profile.course", { name })}
        >
          <polyline points={pointsOf(spark, line)} />
        </svg>
      ) : null}
      {!histogram && top && top.length > 0 ? <TopValues top={top} /> : null}
    </>
  );
}

const shownAtMost = 3;

function TopValues({ top }: { top: NonNullable<ColumnProfile["top"]> }) {
  const most = Math.max(...top.map(({ count }) => count));
  return (
    <ol className={styles.top}>
      {top.slice(0, shownAtMost).map(({ value, count }) => (
        <li key={value}>
          <span style={{ width: `${(count / most) * 100}%` }} aria-hidden="true" />
          <b>{value}</b> {count}
        </li>
      ))}
    </ol>
  );
}
