import { Button } from "antd";
import { useTranslation } from "react-i18next";
import type { Service } from "@/api/types";
import { useLanguage } from "@/i18n";
import { ProblemAlert } from "@/kit/ProblemAlert";
import { useAction } from "@/kit/useAction";
import { flavourLabel } from "./flavours";
import { useFlavours, useServiceActions } from "./service";
import styles from "./notebooks.module.css";

interface Props {
  service: Service;
  /** From 1. */
  position: number;
}

/** In the queue for a size of which nothing is free. */
export function WaitingService({ service, position }: Props) {
  const { t } = useTranslation();
  const language = useLanguage();
  const flavour = useFlavours().data?.find(({ name }) => name === service.flavour);
  const actions = useServiceActions(service.name);
  const leave = useAction(async () => {
    await actions.stop();
  });
  return (
    <>
      <ProblemAlert className={styles.notice} error={leave.error} />
      <p className={styles.queue} role="status">
        {position === 1
          ? t("notebooks.queue.first")
          : t("notebooks.queue.behind", { count: position - 1 })}
      </p>
      <p className={styles.hint}>
        {t("notebooks.queue.hint", {
          size: flavour ? flavourLabel(flavour, language) : service.flavour,
        })}
      </p>
      <Button size="large" loading={leave.isRunning} onClick={() => void leave.run()}>
        {t("notebooks.queue.leave")}
      </Button>
    </>
  );
}
