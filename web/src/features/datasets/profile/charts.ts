export interface Bar {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Bars of a histogram in a box; the tallest takes its whole height, none that counts vanishes. */
export function barsOf(
  counts: readonly number[],
  box: { width: number; height: number },
  gap = 1,
): Bar[] {
  const most = Math.max(...counts, 0);
  const step = box.width / counts.length;
  return counts.map((count, index) => {
    const height = count === 0 ? 0 : Math.max(1, (count / most) * box.height);
    return { x: index * step, y: box.height - height, width: Math.max(step - gap, 0.5), height };
  });
}

/** The course of values as the points of a line in a box; level where they are all the same. */
export function pointsOf(
  values: readonly number[],
  box: { width: number; height: number },
): string {
  const low = Math.min(...values);
  const high = Math.max(...values);
  const step = values.length > 1 ? box.width / (values.length - 1) : 0;
  return values
    .map((value, index) => {
      const share = high > low ? (value - low) / (high - low) : 0.5;
      return `${round(index * step)},${round((1 - share) * box.height)}`;
    })
    .join(" ");
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
