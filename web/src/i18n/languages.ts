export const languages = ["zh-CN", "en"] as const;
export type Language = (typeof languages)[number];

/** Each language in its own words, for the switch. */
export const languageNames: Record<Language, string> = { "zh-CN": "中文", en: "English" };

const storageKey = "opsforge.language";

function isLanguage(value: string | null): value is Language {
  return languages.some((language) => language === value);
}

/** The first of ours that a list of language tags asks for; English when none does. */
export function matchLanguage(tags: readonly string[]): Language {
  for (const tag of tags) {
    const primary = tag.toLowerCase().split("-")[0];
    if (primary === "zh") return "zh-CN";
    if (primary === "en") return "en";
  }
  return "en";
}

/** What the user chose before, or else what the browser asks for. */
export function initialLanguage(): Language {
  const stored = localStorage.getItem(storageKey);
  return isLanguage(stored) ? stored : matchLanguage(navigator.languages);
}

export function rememberLanguage(language: Language): void {
  localStorage.setItem(storageKey, language);
}
