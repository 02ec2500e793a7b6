import { ConfigProvider } from "antd";
import type { Locale } from "antd/es/locale";
import { useEffect, useState, type ReactNode } from "react";
import { useLanguage } from "@/i18n";
import { loadAntLocale } from "@/i18n/antLocale";
import { LoadingIcon } from "@/kit/firstIcons";
import { NoticeHost } from "@/kit/notices/NoticeHost";
import { themeOf } from "./theme";
import { useThemeMode } from "./themeMode";

const BUTTON = {
  autoInsertSpace: false,
  // Is no part of a button's name, and goes at once: Ant Design's own slides away, and is there for
  // good when an answer comes before it has begun to move.
  loadingIcon: <LoadingIcon />,
};

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
    <ConfigProvider locale={locale} theme={themeOf(isDark)} button={BUTTON}>
      {children}
      <NoticeHost />
    </ConfigProvider>
  );
}
