import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import type { ServiceEvent } from "@/api/types";
import { QueryView } from "@/kit/QueryView";
import { Section } from "@/kit/Section";
import { RunningService } from "./RunningService";
import { useMyService } from "./service";
import { StateTag } from "./StateTag";

const StoppedService = lazy(async () => ({
  default: (await import("./StoppedService")).StoppedService,
}));
const StartProgress = lazy(async () => ({
  default: (await import("./StartProgress")).StartProgress,
}));

// Requirements: C4.
/** My service: its state, and what can be done in it. */
export function ServiceCard() {
  const { t } = useTranslation();
  const query = useMyService();
  return (
    <Section
      title={t("notebooks.title")}
      extra={query.data ? <StateTag service={query.data.service} /> : null}
    >
      <QueryView query={query}>{(event) => <ServiceBody event={event} />}</QueryView>
    </Section>
  );
}

function ServiceBody({ event }: { event: ServiceEvent }) {
  const { t } = useTranslation();
  const { service, progress } = event;
  switch (service.state) {
    case "running":
      return <RunningService service={service} />;
    case "starting":
      return (
        <Suspense>
          <StartProgress step={progress} />
        </Suspense>
      );
    case "stopping":
      return <p>{t("notebooks.hint.stopping")}</p>;
    case "created":
    case "stopped":
    case "failed":
      return (
        <Suspense>
          <StoppedService service={service} />
        </Suspense>
      );
  }
}
