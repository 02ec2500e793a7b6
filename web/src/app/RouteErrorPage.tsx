import { Button } from "antd";
import { useTranslation } from "react-i18next";
import { EmptyState } from "@/kit/EmptyState";
import { BugIcon } from "@/kit/firstIcons";

/** A fault of the page itself, for example a chunk of a version that has been replaced. */
export function RouteErrorPage() {
  const { t } = useTranslation();
  return (
    <main>
      <EmptyState
        icon={<BugIcon />}
        title={t("common.errors.pageTitle")}
        hint={t("common.errors.broken")}
        action={
          <Button
            type="primary"
            onClick={() => {
              window.location.reload();
            }}
          >
            {t("common.actions.reload")}
          </Button>
        }
      />
    </main>
  );
}
