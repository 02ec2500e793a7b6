import type { TranslationBundle } from "@jupyterlab/translation";

const UNITS = ["B", "KB", "MB", "GB", "TB"];
const STEP = 1024;
const MINUTE = 60;
const HOUR = 3600;

/** A size for people: 1.5 GB. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= STEP && unit < UNITS.length - 1) {
    value /= STEP;
    unit += 1;
  }
  const digits = value < 10 && unit > 0 ? 1 : 0;
  return `${value.toFixed(digits).replace(/\.0$/, "")} ${UNITS[unit] ?? ""}`;
}

/** A number of cores for people. */
export function formatCores(cores: number): string {
  return cores.toFixed(cores < 10 ? 1 : 0).replace(/\.0$/, "");
}

/** A span of time in hours and minutes, or in seconds when it is short. */
export function formatSpan(seconds: number, trans: Pick<TranslationBundle, "__">): string {
  if (seconds < MINUTE) {
    return trans.__("%1 s", String(Math.max(0, Math.floor(seconds))));
  }
  const hours = Math.floor(seconds / HOUR);
  const minutes = String(Math.floor((seconds % HOUR) / MINUTE));
  return hours ? trans.__("%1 h %2 min", String(hours), minutes) : trans.__("%1 min", minutes);
}
