/** Why a start failed: what is to be said first, and the end of the server's log, if it came. */
export interface Failure {
  reason: string;
  log: string;
}

/** The first line says it; what follows is what the server said last. */
export function splitFailure(failure: string): Failure {
  const [first = "", ...rest] = failure.trim().split("\n");
  const log = rest.join("\n").trim();
  // The sentence leads over to a log that now stands by itself.
  return { reason: first.replace(/\. It said last:$/, ".").trim(), log };
}
