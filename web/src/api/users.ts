import { api, unwrap } from "./client";
import type { components } from "./schema";
import type { Page, User } from "./types";

export type NewUser = components["schemas"]["UserCreate"];
export type UserChanges = components["schemas"]["UserUpdate"];

export function listUsers(query: string, cursor?: string): Promise<Page<User>> {
  return unwrap(
    api.GET("/api/v1/users", { params: { query: { query: query || undefined, cursor } } }),
  );
}

export function createUser(user: NewUser): Promise<User> {
  return unwrap(api.POST("/api/v1/users", { body: user }));
}

export function updateUser(id: number, changes: UserChanges): Promise<User> {
  return unwrap(
    api.PATCH("/api/v1/users/{user_id}", { params: { path: { user_id: id } }, body: changes }),
  );
}

export async function resetPassword(id: number, password: string): Promise<void> {
  await unwrap(
    api.PUT("/api/v1/users/{user_id}/password", {
      params: { path: { user_id: id } },
      body: { new_password: password },
    }),
  );
}
