/** How long the fields of a snippet may be, in characters; the platform's own limits. */
export const LIMITS = { title: 100, description: 10_000, language: 30 };
