import { plotPoints } from "./samples";
import styles from "./events.module.css";

const width = 240;
const height = 44;

/** A small plot of values between 0 and 1 over the last minutes; what it shows stands beside it. */
export function Spark({ values }: { values: readonly (number | null | undefined)[] }) {
  const points = plotPoints(values, width, height - 2);
  const line = points.map(([x, y]) => `${x.toFixed(1)},${(y + 1).toFixed(1)}`).join(" ");
  const [first] = points[0] ?? [0];
  const [last] = points.at(-1) ?? [0];
  return (
    <svg
      className={styles.spark}
      viewBox={`0 0 ${String(width)} ${String(height)}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      {points.length > 0 ? (
        <polygon
          points={`${first.toFixed(1)},${String(height)} ${line} ${last.toFixed(1)},${String(height)}`}
        />
      ) : null}
      <polyline points={line} vectorEffect="non-scaling-stroke" />
    </svg>
  );
}
