import type { Locale } from "antd/es/locale";
import type { Language } from "./languages";

/** Ant Design's own texts in a language. */
export async function loadAntLocale(language: Language): Promise<Locale> {
  const { default: locale } =
    language === "en" ? await import("antd/locale/en_US") : await import("antd/locale/zh_CN");
  return locale;
}
