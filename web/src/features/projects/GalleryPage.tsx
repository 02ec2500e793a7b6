// Requirements: D17
import { Select, Tag } from "antd";
import { useTranslation } from "react-i18next";
import type { PublicOrder } from "@/api/publicProjects";
import { EmptyState } from "@/kit/EmptyState";
import { CompassIcon } from "@/kit/icons";
import kit from "@/kit/kit.module.css";
import { PageHeader } from "@/kit/PageHeader";
import { PagedView } from "@/kit/PagedView";
import { SearchField } from "@/kit/SearchField";
import { useListAddress } from "@/kit/useListAddress";
import { GalleryCard } from "./GalleryCard";
import { ProjectTabs } from "./ProjectTabs";
import { usePublicProjects } from "./queries";
import styles from "./gallery.module.css";

const orders = ["updated", "forks", "name"] as const;

function orderOf(written: string): PublicOrder {
  return orders.find((order) => order === written) ?? "updated";
}

/** Everybody's public projects, as cards. */
export function GalleryPage() {
  const { t } = useTranslation();
  const address = useListAddress({ query: "", owner: "", order: "updated" });
  const [query, owner] = [address.read("query"), address.read("owner")];
  const order = orderOf(address.read("order"));
  const projects = usePublicProjects({ query, owner: owner || undefined, order });
  const isNarrowed = query !== "" || owner !== "";
  return (
    <>
      <PageHeader title={t("projects.gallery.title")} lead={t("projects.gallery.lead")} />
      <ProjectTabs />
      <div className={kit.toolbar} role="search">
        <SearchField
          label={t("projects.gallery.search")}
          value={query}
          onSearch={(words) => {
            address.write("query", words);
          }}
        />
        <Select<PublicOrder>
          className={styles.order}
          aria-label={t("projects.gallery.order")}
          value={order}
          onChange={(value) => {
            address.write("order", value);
          }}
          options={orders.map((value) => ({
            value,
            label: t(`projects.gallery.orders.${value}`),
          }))}
        />
        {owner ? (
          <Tag
            closable
            aria-label={t("projects.gallery.everybody")}
            onClose={() => {
              address.write("owner", "");
            }}
          >
            {t("projects.gallery.of", { owner })}
          </Tag>
        ) : null}
      </div>
      <PagedView
        query={projects}
        isBare
        empty={
          <EmptyState
            icon={<CompassIcon />}
            title={t(isNarrowed ? "projects.gallery.noneFound" : "projects.gallery.none")}
            hint={t(isNarrowed ? "projects.gallery.noneFoundHint" : "projects.gallery.noneHint")}
          />
        }
      >
        {(items) => (
          <ul className={styles.cards}>
            {items.map((project) => (
              <GalleryCard key={project.id} project={project} />
            ))}
          </ul>
        )}
      </PagedView>
    </>
  );
}
