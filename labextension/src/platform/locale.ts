const CHINESE = "zh_CN";

/** JupyterLab's name of the language that a browser wants, if that is not English. */
export function wantedLocale(languages: readonly string[]): string | null {
  const first = languages.find((language) => /^(zh|en)\b/i.test(language)) ?? "en";
  return /^zh\b/i.test(first) ? CHINESE : null;
}
