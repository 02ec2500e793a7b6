import type { ServiceLoad } from "@/api/live";

/** What a plot keeps: some minutes, at a look every few seconds. */
export const keptSamples = 60;

export interface Sample extends ServiceLoad {
  /** Milliseconds, as the browser's clock has it. */
  at: number;
}

/** Another look, behind those before; the oldest makes room. */
export function withSample(before: readonly Sample[], load: ServiceLoad, at: number): Sample[] {
  return [...before.slice(1 - keptSamples), { ...load, at }];
}

/** The points of a plot of values between 0 and 1, newest at the right edge; gaps are left out. */
export function plotPoints(
  values: readonly (number | null | undefined)[],
  width: number,
  height: number,
): [number, number][] {
  const step = width / (keptSamples - 1);
  const first = keptSamples - values.length;
  return values.flatMap((value, index): [number, number][] =>
    value === null || value === undefined
      ? []
      : [[(first + index) * step, height * (1 - Math.min(1, Math.max(0, value)))]],
  );
}
