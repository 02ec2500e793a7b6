import { api, unwrap } from "./client";
import type { Dataset } from "./types";

/** The first of one's own, or of the public data sets, that fit some words. */
export async function searchDatasets(
  whose: "mine" | "public",
  words: string,
  limit: number,
): Promise<Dataset[]> {
  const query = {
    is_public: whose === "public" ? (1 as const) : undefined,
    query: words,
    sort: words ? ("name" as const) : undefined,
    limit,
  };
  const { items } = await unwrap(api.GET("/api/v1/datasets", { params: { query } }));
  return items;
}
