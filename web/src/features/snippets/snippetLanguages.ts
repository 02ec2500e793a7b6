/** Languages that are offered; any other name is taken, too. */
export const snippetLanguages = [
  "python",
  "sql",
  "shell",
  "markdown",
  "json",
  "yaml",
  "javascript",
  "r",
  "promql",
  "text",
] as const;
