// Requirements: D2, D3
import { Segmented, Select } from "antd";
import { useTranslation } from "react-i18next";
import { EmptyState } from "@/kit/EmptyState";
import { FolderOpenIcon } from "@/kit/icons";
import kit from "@/kit/kit.module.css";
import { PageHeader } from "@/kit/PageHeader";
import { PagedView } from "@/kit/PagedView";
import { SearchField } from "@/kit/SearchField";
import { useListAddress } from "@/kit/useListAddress";
import { NewProjectButton } from "./NewProjectButton";
import { ProjectTabs } from "./ProjectTabs";
import { SelectableProjects } from "./SelectableProjects";
import { useProjects } from "./queries";
import styles from "./gallery.module.css";

const shown = ["all", "private", "shared"] as const;
const flags: Record<string, 0 | 1 | undefined> = { private: 0, shared: 1 };
const orders = ["updated", "name"] as const;

/** One's own projects. */
export function ProjectsPage() {
  const { t } = useTranslation();
  const address = useListAddress({ show: "all", query: "", order: "updated" });
  const [show, query] = [address.read("show"), address.read("query")];
  const order = address.read("order") === "name" ? "name" : "updated";
  const sort = order === "name" ? "name" : "-updated";
  const projects = useProjects({ shareFlag: flags[show], query, sort });
  return (
    <>
      <PageHeader
        title={t("projects.title")}
        lead={t("projects.lead")}
        actions={<NewProjectButton opensByAddress />}
      />
      <ProjectTabs />
      <div className={kit.toolbar} role="search">
        <SearchField
          label={t("projects.search")}
          value={query}
          onSearch={(words) => {
            address.write("query", words);
          }}
        />
        <Segmented
          aria-label={t("projects.filter.label")}
          value={show}
          onChange={(value) => {
            address.write("show", value);
          }}
          options={shown.map((value) => ({ value, label: t(`projects.filter.${value}`) }))}
        />
        <Select
          className={styles.order}
          aria-label={t("projects.order")}
          value={order}
          onChange={(value) => {
            address.write("order", value);
          }}
          options={orders.map((value) => ({ value, label: t(`projects.orders.${value}`) }))}
        />
      </div>
      <PagedView query={projects} empty={<NoProjects show={query ? "found" : show} />}>
        {(items) => <SelectableProjects projects={items} />}
      </PagedView>
    </>
  );
}

const empties = ["private", "shared", "found"] as const;

function NoProjects({ show }: { show: string }) {
  const { t } = useTranslation();
  const kind = empties.find((one) => one === show) ?? "all";
  return (
    <EmptyState
      icon={<FolderOpenIcon />}
      title={t(`projects.empty.${kind}.title`)}
      hint={t(`projects.empty.${kind}.hint`)}
      action={kind === "all" ? <NewProjectButton /> : undefined}
    />
  );
}
