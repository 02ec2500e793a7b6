/** A whole percentage that says 100 only when all has been sent. */
export function percentOf(sent: number, total: number): number {
  return total === 0 ? 100 : Math.min(100, Math.floor((sent / total) * 100));
}

/** Seconds until the rest has been sent at the speed so far; null while that is a guess. */
export function secondsLeft(sent: number, total: number, elapsedMs: number): number | null {
  if (elapsedMs < 1500 || sent <= 0 || sent >= total) return null;
  return ((total - sent) / sent) * (elapsedMs / 1000);
}
