import type { AuditAction } from "@/api/admin";

/** Every action that is written, in the order in which one looks for it. */
export const auditActions = [
  "auth.sign_in",
  "auth.sign_out",
  "user.create",
  "user.update",
  "quota.update",
  "password.change",
  "password.reset",
  "token.create",
  "token.revoke",
  "service.create",
  "service.start",
  "service.stop",
  "service.delete",
  "project.share",
  "project.publish",
  "project.fork",
  "project.delete",
  "public_project.update",
  "public_project.delete",
  "dataset.share",
  "dataset.fork",
  "dataset.delete",
] as const satisfies readonly AuditAction[];

const hours = { all: null, hour: 1, day: 24, week: 168 } as const;
export type Span = keyof typeof hours;
export const spans = Object.keys(hours) as Span[];

/** When a span that ends now began, to the minute, so that a list is not asked for each second. */
export function beginOf(span: Span, now: Date): string | undefined {
  const length = hours[span];
  if (length === null) return undefined;
  const begin = new Date(now.getTime() - length * 3_600_000);
  begin.setSeconds(0, 0);
  return begin.toISOString();
}

export function isAction(text: string): text is AuditAction {
  return (auditActions as readonly string[]).includes(text);
}

export function isSpan(text: string): text is Span {
  return text in hours;
}
