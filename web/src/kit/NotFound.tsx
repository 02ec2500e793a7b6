import { useTranslation } from "react-i18next";
import { EmptyState } from "./EmptyState";
import { LinkButton } from "./LinkButton";
import { CompassIcon } from "@/kit/firstIcons";

export function NotFound() {
  const { t } = useTranslation();
  return (
    <EmptyState
      isPage
      icon={<CompassIcon />}
      title={t("common.errors.notFoundTitle")}
      hint={t("common.errors.notFound")}
      action={<LinkButton to="/">{t("common.errors.goHome")}</LinkButton>}
    />
  );
}
