import { api, unwrap } from "./client";
import type { components } from "./schema";

export type SearchResults = components["schemas"]["SearchResults"];

/** A few of each kind that fit; for no words the latest. */
export function searchEverything(query: string, signal?: AbortSignal): Promise<SearchResults> {
  return unwrap(api.GET("/api/v1/search", { params: { query: { query, limit: 5 } }, signal }));
}
