import { api, unwrap } from "./client";
import type { components, operations } from "./schema";
import type { Page } from "./types";

type Schemas = components["schemas"];
export type Overview = Schemas["Overview"];
export type RunningService = Schemas["RunningService"];
export type AuditEntry = Schemas["AuditView"];
export type StorageUsage = Schemas["UsageView"];
export type AuditWanted = NonNullable<operations["list_audit_entries"]["parameters"]["query"]>;
export type AuditAction = NonNullable<AuditWanted["action"]>;

export function getOverview(): Promise<Overview> {
  return unwrap(api.GET("/api/v1/admin/overview"));
}

/** The services that are not at rest, with what they use. */
export function listRunningServices(cursor?: string): Promise<Page<RunningService>> {
  return unwrap(api.GET("/api/v1/services", { params: { query: { active: 1, cursor } } }));
}

export function listAuditEntries(wanted: AuditWanted): Promise<Page<AuditEntry>> {
  return unwrap(api.GET("/api/v1/audit", { params: { query: wanted } }));
}

/** What a user's own data takes, and may take. */
export function getStorageUsage(userId: number): Promise<StorageUsage> {
  return unwrap(
    api.GET("/api/v1/users/{user_id}/usage", { params: { path: { user_id: userId } } }),
  );
}
