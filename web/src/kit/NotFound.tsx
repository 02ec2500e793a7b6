import { useTranslation } from "react-i18next";
import { EmptyState } from "./EmptyState";
import { LinkButton } from "./LinkButton";
import { CompassIcon } from "@/kit/firstIcons";

/** A part of a page whose subject is gone, while the rest of the page is there. */
export function NothingHere() {
  const { t } = useTranslation();
  return (
    <EmptyState
      icon={<CompassIcon />}
      title={t("common.errors.notFoundTitle")}
      hint={t("common.errors.gone")}
    />
  );
}

/** All that a page shows when there is nothing at its address. */
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
