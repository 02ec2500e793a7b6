import type { Service } from "@/api/types";

/** Why a start failed, as the server tells it in a language; nothing for one that did not fail. */
export function failureIn(service: Service, language: string): string {
  return (language === "en" ? service.failure : service.failure_zh) ?? "";
}

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
