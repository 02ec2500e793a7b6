import i18next from "i18next";
import { initReactI18next, useTranslation } from "react-i18next";
import { initialLanguage, rememberLanguage, type Language } from "./languages";

/** Texts of single pages, which `needCatalogues` loads; all others come with the first load. */
export const pageCatalogues = {
  admin: {
    en: () => import("./en/admin"),
    "zh-CN": () => import("./zh-CN/admin"),
  },
  live: {
    en: () => import("./en/live"),
    "zh-CN": () => import("./zh-CN/live"),
  },
  search: {
    en: () => import("./en/search"),
    "zh-CN": () => import("./zh-CN/search"),
  },
  datasets: {
    en: () => import("./en/datasets"),
    "zh-CN": () => import("./zh-CN/datasets"),
  },
  projects: {
    en: () => import("./en/projects"),
    "zh-CN": () => import("./zh-CN/projects"),
  },
  snippets: {
    en: () => import("./en/snippets"),
    "zh-CN": () => import("./zh-CN/snippets"),
  },
  upload: {
    en: () => import("./en/upload"),
    "zh-CN": () => import("./zh-CN/upload"),
  },
  users: {
    en: () => import("./en/users"),
    "zh-CN": () => import("./zh-CN/users"),
  },
};
export type PageCatalogue = keyof typeof pageCatalogues;

const wanted = new Set<PageCatalogue>();
/** The language in use, or the one that is being switched to. */
let target: Language = "en";
let begin: () => void = () => undefined;
const begun = new Promise<void>((resolve) => {
  begin = resolve;
});

/** Only catalogues of the language in use are loaded. */
async function loadCatalogues(): Promise<void> {
  const language = target;
  const first = language === "en" ? import("./en") : import("./zh-CN");
  const pages = [...wanted].map((name) => pageCatalogues[name][language]());
  const [{ catalogue }, ...further] = await Promise.all([first, ...pages]);
  for (const texts of [catalogue, ...further]) {
    i18next.addResourceBundle(language, "translation", { ...texts }, true);
  }
}

/** What a route awaits beside its page: the catalogues that the page's texts are in. */
export async function needCatalogues(...names: PageCatalogue[]): Promise<void> {
  for (const name of names) wanted.add(name);
  await begun;
  await loadCatalogues();
}

export async function startI18n(): Promise<void> {
  const language = (target = initialLanguage());
  i18next.on("languageChanged", (changed) => {
    document.documentElement.lang = changed;
  });
  await i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: false,
    resources: {},
    // A text that a page forgot to ask for fails the browser tests.
    saveMissing: true,
    missingKeyHandler: (_languages, _namespace, key) => {
      console.error(`No text for ${key}`);
    },
    // React escapes what it renders.
    interpolation: { escapeValue: false },
  });
  begin();
  await loadCatalogues();
  // Components that rendered in between are told of the catalogue by this.
  await i18next.changeLanguage(language);
}

export async function switchLanguage(language: Language): Promise<void> {
  target = language;
  await loadCatalogues();
  rememberLanguage(language);
  await i18next.changeLanguage(language);
}

export function currentLanguage(): Language {
  return i18next.language === "zh-CN" ? "zh-CN" : "en";
}

/** The language in use; a component that calls this is rendered again when it changes. */
export function useLanguage(): Language {
  const { i18n } = useTranslation();
  return i18n.language === "zh-CN" ? "zh-CN" : "en";
}
