// Requirements: C5, D10, D11, D12, D13
import { Button } from "antd";
import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import { useParams } from "react-router";
import { getService } from "@/api/notebooks";
import { useServiceName } from "@/features/auth/session";
import { EmptyState } from "@/kit/EmptyState";
import { CompassIcon } from "@/kit/icons";
import { LinkButton } from "@/kit/LinkButton";
import { PageHeader } from "@/kit/PageHeader";
import { Section } from "@/kit/Section";
import { OpeningView } from "./OpeningView";
import { useOpening } from "./useOpening";

/** The proxy may need a moment to know a service that has just begun to run. */
const routePauseMs = 500;

/** An address in a service that does not run: it is started, and the browser goes on to it. */
export function ServiceDoorPage() {
  const { t } = useTranslation();
  const { owner } = useParams();
  if (owner === useServiceName()) return <Door />;
  return (
    <EmptyState
      isPage
      icon={<CompassIcon />}
      title={t("notebooks.door.anothers")}
      hint={t("notebooks.door.anothersHint")}
      action={<LinkButton to="/projects/public">{t("notebooks.door.gallery")}</LinkButton>}
    />
  );
}

function Door() {
  const { t } = useTranslation();
  const findAddress = useCallback(async (serviceName: string) => {
    await new Promise((resolve) => setTimeout(resolve, routePauseMs));
    const { url } = await getService(serviceName);
    const { pathname, search, hash } = window.location;
    return new URL(pathname + search + hash, new URL(url, window.location.origin)).href;
  }, []);
  const { opening, retry } = useOpening(findAddress);
  return (
    <>
      <PageHeader title={t("notebooks.door.title")} lead={t("notebooks.door.hint")} />
      <Section title={t("notebooks.title")}>
        <OpeningView opening={opening} failed={t("notebooks.door.failed")} />
        {opening.phase === "failed" ? (
          <Button type="primary" onClick={retry}>
            {t("common.actions.retry")}
          </Button>
        ) : null}
      </Section>
    </>
  );
}
