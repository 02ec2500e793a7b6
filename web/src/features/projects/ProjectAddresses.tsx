// Requirements: D10, D11, D12, D13
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { getContentAddress, getRuntimeAddress } from "@/api/projects";
import { getPublicContentAddress, getPublicRuntimeAddress } from "@/api/publicProjects";
import { useServiceName } from "@/features/auth/session";
import { CopyText } from "@/kit/CopyText";
import { QueryView } from "@/kit/QueryView";
import type { Target } from "./target";
import styles from "./projects.module.css";

const addresses = {
  own: { runtime: getRuntimeAddress, content: getContentAddress },
  public: { runtime: getPublicRuntimeAddress, content: getPublicContentAddress },
};

/** Where the notebook opens, and where its content is served. */
export function ProjectAddresses({ target: { kind, id } }: { target: Target }) {
  const { t } = useTranslation();
  const serviceName = useServiceName();
  const found = useQuery({
    queryKey: ["projects", kind, id, "addresses", serviceName],
    queryFn: async () => ({
      runtime: await addresses[kind].runtime(id, serviceName),
      content: await addresses[kind].content(id, serviceName),
    }),
  });
  return (
    <QueryView query={found}>
      {({ runtime, content }) => (
        <dl className={styles.addresses}>
          <dt>{t("projects.page.runtimeAddress")}</dt>
          <dd>
            <Address label={t("projects.page.runtimeAddress")} path={runtime} />
          </dd>
          <dt>{t("projects.page.contentAddress")}</dt>
          <dd>
            <Address label={t("projects.page.contentAddress")} path={content} />
          </dd>
        </dl>
      )}
    </QueryView>
  );
}

/** Copied whole, with its escapes; shown without them and from the path on. */
function Address({ label, path }: { label: string; path: string }) {
  const { href } = new URL(path, window.location.origin);
  return <CopyText label={label} text={href} shown={decodeURI(path)} />;
}
