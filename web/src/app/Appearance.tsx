import { ConfigProvider } from "antd";
import type { Locale } from "antd/es/locale";
import { useEffect, useState, type ReactNode } from "react";
import { useLanguage } from "@/i18n";
import { loadAntLocale } from "@/i18n/antLocale";
import { NoticeHost } from "@/kit/notices/NoticeHost";
import { themeOf } from "./theme";
import { useThemeMode } from "./themeMode";

/** Ant Design in our colours, the user's language and theme. */
export function Appearance({ children }: { children: ReactNode }) {
  const language = useLanguage();
  const { isDark } = useThemeMode();
  const [locale, setLocale] = useState<Locale>();
  useEffect(() => {
    let isWanted = true;
    void loadAntLocale(language).then((loaded) => {
      if (isWanted) setLocale(loaded);
    });
    return () => {
      isWanted = false;
    };
  }, [language]);
  // A provider that gets its first locale later would make all that is in it anew.
  if (locale === undefined) return null;
  return (
    <ConfigProvider locale={locale} theme={themeOf(isDark)} button={{ autoInsertSpace: false }}>
      {children}
      <NoticeHost />
    </ConfigProvider>
  );
}
