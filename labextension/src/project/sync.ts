/** How a published project stands to what is in the user's directory. */
export type Sync = "unpublished" | "current" | "behind" | "moved";

const TOLERANCE_MS = 1000;

/**
 * Whether the public copy has fallen behind.
 *
 * @param newest When a file of the working copy was last written; null if that is not known.
 */
export function syncOf(
  project: { public_id: number | null; is_moved: boolean; description: string },
  published: { updated_at: string; description: string } | null,
  newest: string | null,
): Sync {
  if (project.public_id === null || !published) {
    return "unpublished";
  }
  if (project.is_moved) {
    return "moved";
  }
  const written = newest === null ? 0 : Date.parse(newest);
  const isNewer = written > Date.parse(published.updated_at) + TOLERANCE_MS;
  return isNewer || project.description !== published.description ? "behind" : "current";
}

/** The latest of some moments. */
export function latest(moments: readonly string[]): string | null {
  return moments.reduce<string | null>(
    (found, one) => (found === null || Date.parse(one) > Date.parse(found) ? one : found),
    null,
  );
}
