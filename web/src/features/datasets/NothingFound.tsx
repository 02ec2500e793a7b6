import { useTranslation } from "react-i18next";
import { EmptyState } from "@/kit/EmptyState";
import { CompassIcon } from "@/kit/icons";

export function NothingFound() {
  const { t } = useTranslation();
  return (
    <EmptyState
      icon={<CompassIcon />}
      title={t("datasets.list.nothing")}
      hint={t("datasets.list.nothingHint")}
    />
  );
}
