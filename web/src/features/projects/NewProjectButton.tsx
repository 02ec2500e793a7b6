import { Button } from "antd";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { needCatalogues } from "@/i18n";
import { PlusIcon } from "@/kit/icons";

const NewProjectDialog = lazy(async () => {
  const [{ NewProjectDialog }] = await Promise.all([
    import("./NewProjectDialog"),
    needCatalogues("projects"),
  ]);
  return { default: NewProjectDialog };
});

interface Props {
  /** Whether `?create` in the address opens the dialog, and `?dataset=ID` chooses a data set. */
  opensByAddress?: boolean;
}

export function NewProjectButton({ opensByAddress = false }: Props) {
  const { t } = useTranslation();
  const [search, setSearch] = useSearchParams();
  const [isClicked, setClicked] = useState(false);
  const isOpen = isClicked || (opensByAddress && search.has("create"));
  const close = () => {
    setClicked(false);
    if (opensByAddress && search.has("create")) setSearch({}, { replace: true });
  };
  const dataset = Number(search.get("dataset"));
  return (
    <>
      <Button
        type="primary"
        icon={<PlusIcon />}
        onClick={() => {
          setClicked(true);
        }}
      >
        {t("common.newProject")}
      </Button>
      {isOpen ? (
        <Suspense>
          <NewProjectDialog datasetIds={dataset > 0 ? [dataset] : []} onClose={close} />
        </Suspense>
      ) : null}
    </>
  );
}
