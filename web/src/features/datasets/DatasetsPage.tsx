// Requirements: E3
import { useTranslation } from "react-i18next";
import { DatabaseIcon, PlusIcon } from "@/kit/icons";
import { EmptyState } from "@/kit/EmptyState";
import { LinkButton } from "@/kit/LinkButton";
import { PagedView } from "@/kit/PagedView";
import { PageHeader } from "@/kit/PageHeader";
import { DatasetTabs } from "./DatasetTabs";
import { SelectableDatasets } from "./SelectableDatasets";
import { ListTools } from "./ListTools";
import { NothingFound } from "./NothingFound";
import { useDatasets } from "./queries";
import { useListing } from "./useListing";

/** One's own data sets, private and public. */
export function DatasetsPage() {
  const { t } = useTranslation();
  const address = useListing();
  const datasets = useDatasets("mine", address.listing);
  return (
    <>
      <PageHeader
        title={t("datasets.title")}
        lead={t("datasets.lead")}
        actions={
          <LinkButton type="primary" icon={<PlusIcon />} to="/datasets/new">
            {t("datasets.new")}
          </LinkButton>
        }
      />
      <DatasetTabs />
      <ListTools {...address} />
      <PagedView query={datasets} empty={address.listing.query ? <NothingFound /> : <NothingYet />}>
        {(items) => <SelectableDatasets datasets={items} />}
      </PagedView>
    </>
  );
}

function NothingYet() {
  const { t } = useTranslation();
  return (
    <EmptyState
      icon={<DatabaseIcon />}
      title={t("datasets.empty.title")}
      hint={t("datasets.empty.hint")}
      action={<LinkButton to="/datasets/public">{t("datasets.empty.public")}</LinkButton>}
    />
  );
}
