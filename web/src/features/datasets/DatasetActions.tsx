// Requirements: E5, E7, E8, E9
import { Button, Dropdown } from "antd";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { archiveAddress } from "@/api/datasets";
import type { Dataset } from "@/api/types";
import { MoreIcon, PlusIcon } from "@/kit/icons";
import { DownloadIcon, EditIcon, ForkIcon, ShareIcon } from "@/kit/pageIcons";
import { LinkButton } from "@/kit/LinkButton";
import { useRemoval } from "./useRemoval";
import { useSharing } from "./useSharing";

const EditDialog = lazy(async () => ({ default: (await import("./EditDialog")).EditDialog }));
const ForkDialog = lazy(async () => ({ default: (await import("./ForkDialog")).ForkDialog }));

interface Props {
  dataset: Dataset;
}

/** What can be done with a data set, by whoever may change it and by others. */
export function DatasetActions({ dataset }: Props) {
  const { t } = useTranslation();
  const [open, setOpen] = useState<"edit" | "fork" | null>(null);
  const close = () => {
    setOpen(null);
  };
  return (
    <>
      <LinkButton type="primary" icon={<PlusIcon />} to={`/projects?create&dataset=${dataset.id}`}>
        {t("datasets.page.newProject")}
      </LinkButton>
      {dataset.is_public ? (
        <Button
          icon={<ForkIcon />}
          onClick={() => {
            setOpen("fork");
          }}
        >
          {t("datasets.fork.action")}
        </Button>
      ) : (
        <ShareButton dataset={dataset} />
      )}
      <Button icon={<DownloadIcon />} href={archiveAddress(dataset.id)}>
        {t("datasets.page.downloadAll")}
      </Button>
      {dataset.may_change ? (
        <MoreActions
          dataset={dataset}
          onEdit={() => {
            setOpen("edit");
          }}
        />
      ) : null}
      <Suspense>
        {open === "edit" ? <EditDialog dataset={dataset} onClose={close} /> : null}
        {open === "fork" ? <ForkDialog dataset={dataset} onClose={close} /> : null}
      </Suspense>
    </>
  );
}

function ShareButton({ dataset }: { dataset: Dataset }) {
  const { t } = useTranslation();
  const sharing = useSharing(dataset);
  const isShared = typeof dataset.shared_as === "number";
  return (
    <Button icon={<ShareIcon />} loading={sharing.isRunning} onClick={sharing.ask}>
      {t(isShared ? "datasets.share.again" : "datasets.share.action")}
    </Button>
  );
}

function MoreActions({ dataset, onEdit }: { dataset: Dataset; onEdit: () => void }) {
  const { t } = useTranslation();
  const removal = useRemoval(dataset);
  const items = [
    { key: "edit", icon: <EditIcon />, label: t("datasets.edit.action"), onClick: onEdit },
    ...(typeof dataset.shared_as === "number"
      ? [{ key: "withdraw", label: t("datasets.withdraw.action"), onClick: removal.withdraw }]
      : []),
    { type: "divider" as const },
    {
      key: "delete",
      danger: true,
      label: t(dataset.is_public ? "datasets.withdraw.action" : "datasets.page.delete"),
      onClick: removal.remove,
    },
  ];
  return (
    <Dropdown menu={{ items }} trigger={["click"]} placement="bottomRight">
      <Button icon={<MoreIcon />} aria-label={t("datasets.page.more", { name: dataset.name })} />
    </Dropdown>
  );
}
