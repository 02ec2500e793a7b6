// Requirements: E2
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { DatasetUses } from "@/api/types";
import { QueryView } from "@/kit/QueryView";
import { Section } from "@/kit/Section";
import { useDatasetUses } from "./queries";
import styles from "./datasets.module.css";

/** The projects that use a data set: one's own and public ones. */
export function UsedBy({ datasetId }: { datasetId: number }) {
  const { t } = useTranslation();
  const uses = useDatasetUses(datasetId);
  return (
    <Section title={t("datasets.uses.title")}>
      <QueryView query={uses}>{(loaded) => <Uses uses={loaded} />}</QueryView>
    </Section>
  );
}

function Uses({ uses }: { uses: DatasetUses }) {
  const { t } = useTranslation();
  const mine = uses.projects ?? [];
  const everybodys = uses.public_projects ?? [];
  const more = (uses.public_count ?? 0) - everybodys.length;
  if (mine.length + everybodys.length === 0) {
    return <p className={styles.none}>{t("datasets.uses.none")}</p>;
  }
  return (
    <ul className={styles.uses}>
      {mine.map(({ id, name }) => (
        <li key={id}>
          <Link to={`/projects/${id}`}>{name}</Link>
          <span className={styles.tag}>{t("datasets.uses.mine")}</span>
        </li>
      ))}
      {everybodys.map(({ id, name, owner }) => (
        <li key={`public-${id}`}>
          <Link to={`/projects/public/${id}`}>{name}</Link>
          <span>{t("datasets.page.ownedBy", { owner })}</span>
          <span className={styles.tag} data-public="1">
            {t("common.visibility.public")}
          </span>
        </li>
      ))}
      {more > 0 ? (
        <li className={styles.none}>{t("datasets.uses.more", { count: more })}</li>
      ) : null}
    </ul>
  );
}
