import { Tabs } from "antd";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { LinkedDataset } from "@/api/types";
import { useListAddress } from "@/kit/useListAddress";
import { ProjectDatasets } from "./ProjectDatasets";
import { ProjectFiles } from "./ProjectFiles";
import { ProjectNotebook } from "./ProjectNotebook";
import type { Target } from "./target";
import styles from "./projects.module.css";

interface Props {
  target: Target;
  datasets: readonly LinkedDataset[];
  mayUpload?: boolean;
  aside: ReactNode;
}

/** What is in a project, in tabs that the address names, and what there is to know beside it. */
export function ProjectBody({ target, datasets, mayUpload = false, aside }: Props) {
  const { t } = useTranslation();
  const address = useListAddress({ tab: "notebook" });
  const tabs = [
    {
      key: "notebook",
      label: t("projects.notebook.tab"),
      children: <ProjectNotebook target={target} />,
    },
    {
      key: "files",
      label: t("projects.files.tab"),
      children: <ProjectFiles target={target} mayUpload={mayUpload} />,
    },
    {
      key: "data",
      label: t("projects.page.dataTab", { count: datasets.length }),
      children: <ProjectDatasets target={target} />,
    },
  ];
  const tab = address.read("tab");
  return (
    <div className={styles.body}>
      <div className={styles.content}>
        <Tabs
          activeKey={tabs.some(({ key }) => key === tab) ? tab : tabs[0]?.key}
          onChange={(key) => {
            address.write("tab", key);
          }}
          items={tabs}
        />
      </div>
      <aside className={styles.aside}>{aside}</aside>
    </div>
  );
}
