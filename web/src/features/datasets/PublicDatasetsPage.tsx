// Requirements: E3
import { useTranslation } from "react-i18next";
import { CompassIcon } from "@/kit/icons";
import { EmptyState } from "@/kit/EmptyState";
import { PagedView } from "@/kit/PagedView";
import { PageHeader } from "@/kit/PageHeader";
import { DatasetRow } from "./DatasetRow";
import { DatasetTabs } from "./DatasetTabs";
import { ListTools } from "./ListTools";
import { NothingFound } from "./NothingFound";
import { useDatasets } from "./queries";
import { useListing } from "./useListing";
import styles from "./datasets.module.css";

/** The public data sets of everybody. */
export function PublicDatasetsPage() {
  const { t } = useTranslation();
  const address = useListing();
  const datasets = useDatasets("public", address.listing);
  return (
    <>
      <PageHeader title={t("datasets.publicTitle")} lead={t("datasets.publicLead")} />
      <DatasetTabs />
      <ListTools {...address} />
      <PagedView
        query={datasets}
        empty={address.listing.query ? <NothingFound /> : <NothingPublic />}
      >
        {(items) => (
          <ul className={styles.list}>
            {items.map((dataset) => (
              <DatasetRow key={dataset.id} dataset={dataset} isOthers />
            ))}
          </ul>
        )}
      </PagedView>
    </>
  );
}

function NothingPublic() {
  const { t } = useTranslation();
  return (
    <EmptyState
      icon={<CompassIcon />}
      title={t("datasets.publicEmpty.title")}
      hint={t("datasets.publicEmpty.hint")}
    />
  );
}
