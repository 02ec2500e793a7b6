import { api, beginSession, unwrap } from "./client";
import type { CreatedToken, Page, Session, Token } from "./types";

export type WhenBusy = "stop" | "keep" | "refuse";

export async function signIn(username: string, password: string): Promise<Session> {
  const { user, expires_at } = await unwrap(
    api.POST("/api/v1/auth/login", { body: { username, password } }),
  );
  beginSession();
  return { user, expires_at };
}

/**
 * Raises 423 for "refuse": `service.busy` with `busy_kernels` when a kernel computes,
 * `service.silent` when the service does not say.
 */
export async function signOut(whenBusy: WhenBusy): Promise<void> {
  await unwrap(api.POST("/api/v1/auth/logout", { body: { when_busy: whenBusy } }));
}

/** Who is signed in; null for nobody. */
export async function getSession(): Promise<Session | null> {
  const { user, expires_at } = await unwrap(api.GET("/api/v1/auth/session"));
  return user && expires_at ? { user, expires_at } : null;
}

export async function changePassword(current: string, next: string): Promise<void> {
  await unwrap(
    api.PUT("/api/v1/auth/password", { body: { current_password: current, new_password: next } }),
  );
}

export function listTokens(cursor?: string): Promise<Page<Token>> {
  return unwrap(api.GET("/api/v1/auth/tokens", { params: { query: { cursor } } }));
}

export function createToken(name: string, expiresInDays: number): Promise<CreatedToken> {
  return unwrap(
    api.POST("/api/v1/auth/tokens", { body: { name, expires_in_days: expiresInDays } }),
  );
}

export async function revokeToken(id: number): Promise<void> {
  await unwrap(
    api.DELETE("/api/v1/auth/tokens/{token_id}", { params: { path: { token_id: id } } }),
  );
}
