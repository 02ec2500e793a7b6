import { Button } from "antd";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { asProblem } from "@/api/problems";
import type { Flavour, Service } from "@/api/types";
import { useLanguage } from "@/i18n";
import { ProblemAlert } from "@/kit/ProblemAlert";
import { QueryView } from "@/kit/QueryView";
import { useAction } from "@/kit/useAction";
import { failureIn } from "./failure";
import { useFlavours, useServiceActions } from "./service";
import styles from "./notebooks.module.css";
import { CaretRightIcon } from "@/kit/icons";

const FailureNotice = lazy(async () => ({
  default: (await import("./FailureNotice")).FailureNotice,
}));
const WaitingService = lazy(async () => ({
  default: (await import("./WaitingService")).WaitingService,
}));
const FlavourChoice = lazy(async () => ({
  default: (await import("./FlavourChoice")).FlavourChoice,
}));

type Startable = Service & { state: "created" | "stopped" | "failed" };

// Requirements: C5.
export function StoppedService({ service }: { service: Service }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const flavours = useFlavours();
  const { state } = service as Startable;
  const failure =
    state === "failed" && service.failure ? (
      <Suspense>
        <FailureNotice failure={failureIn(service, language)} />
      </Suspense>
    ) : null;
  if (service.queue_position !== null) {
    return (
      <>
        {failure}
        <Suspense>
          <WaitingService service={service} position={service.queue_position} />
        </Suspense>
      </>
    );
  }
  return (
    <>
      {failure}
      <p className={styles.hint}>{t(`notebooks.hint.${state}`)}</p>
      <QueryView query={flavours}>
        {(known) => <StartForm service={service} flavours={known} />}
      </QueryView>
    </>
  );
}

/** The one chosen last, if it is free; else the first that is; else the one to wait for. */
export function preferredFlavour(flavours: readonly Flavour[], last: string): string | undefined {
  const free = flavours.filter((flavour) => flavour.free > 0);
  const preferred =
    free.find(({ name }) => name === last) ??
    free.find((flavour) => flavour.is_default) ??
    free[0] ??
    flavours.find(({ name }) => name === last) ??
    flavours[0];
  return preferred?.name;
}

function StartForm({ service, flavours }: { service: Service; flavours: readonly Flavour[] }) {
  const { t } = useTranslation();
  const actions = useServiceActions(service.name);
  const [chosen, setChosen] = useState<string>();
  const flavour = chosen ?? preferredFlavour(flavours, service.flavour);
  // Refused though something seemed free: whoever waits already is before us, and we can wait too.
  const [taken, setTaken] = useState<string>();
  const waits =
    flavour !== undefined &&
    (flavour === taken || flavours.some(({ name, free }) => name === flavour && free < 1));
  const start = useAction(async () => {
    try {
      await actions.start({ flavour, waits });
    } catch (thrown) {
      if (asProblem(thrown).code === "services.flavour_taken") {
        setChosen(flavour);
        setTaken(flavour);
      }
      throw thrown;
    }
  });
  const choose = (name: string) => {
    setChosen(name);
    setTaken(undefined);
  };
  return (
    <>
      <ProblemAlert className={styles.notice} error={start.error} />
      <Suspense>
        <FlavourChoice flavours={flavours} value={flavour} onChange={choose} />
      </Suspense>
      <div className={styles.buttons}>
        <Button
          type="primary"
          size="large"
          icon={<CaretRightIcon />}
          loading={start.isRunning}
          disabled={flavour === undefined}
          onClick={() => void start.run()}
        >
          {t(waits ? "notebooks.queue.join" : "notebooks.start")}
        </Button>
      </div>
    </>
  );
}
