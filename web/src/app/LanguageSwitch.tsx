import { useQueryClient } from "@tanstack/react-query";
import { Button } from "antd";
import { useTranslation } from "react-i18next";
import { switchLanguage, useLanguage } from "@/i18n";
import { languageNames, languages } from "@/i18n/languages";
import { TranslationIcon } from "@/kit/firstIcons";

/** Between two languages one button is enough; it is named in the language it leads to. */
export function LanguageSwitch() {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const language = useLanguage();
  const other = languages.find((one) => one !== language) ?? "en";
  const change = async () => {
    await switchLanguage(other);
    // The server's sentences come in the language of the request.
    await queryClient.invalidateQueries();
  };
  return (
    <Button
      type="text"
      icon={<TranslationIcon />}
      aria-label={t("common.switchLanguage", { language: languageNames[other] })}
      onClick={() => void change()}
    >
      <span lang={other}>{languageNames[other]}</span>
    </Button>
  );
}
