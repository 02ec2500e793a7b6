// Requirements: E2
import { useTranslation } from "react-i18next";
import { Link, useParams, useSearchParams } from "react-router";
import type { Dataset } from "@/api/types";
import { useCurrentUser } from "@/features/auth/session";
import { CopyText } from "@/kit/CopyText";
import { EmptyState } from "@/kit/EmptyState";
import { FileIcon } from "@/kit/icons";
import { Markdown } from "@/kit/Markdown";
import { PageHeader } from "@/kit/PageHeader";
import { QueryView } from "@/kit/QueryView";
import { Section } from "@/kit/Section";
import { AddFiles } from "./AddFiles";
import { DatasetActions } from "./DatasetActions";
import { DatasetFacts } from "./DatasetFacts";
import { DatasetNotices } from "./DatasetNotices";
import { FilePreview } from "./FilePreview";
import { FolderTree } from "./FolderTree";
import { UsedBy } from "./UsedBy";
import { readingCode } from "./readingCode";
import { useDataset } from "./queries";
import { DeletedFiles } from "./versions/DeletedFiles";
import styles from "./datasets.module.css";

export function DatasetPage() {
  const { datasetId } = useParams();
  const dataset = useDataset(Number(datasetId));
  return (
    <QueryView query={dataset} isPage>
      {(loaded) => <LoadedDataset key={loaded.id} dataset={loaded} />}
    </QueryView>
  );
}

function LoadedDataset({ dataset }: { dataset: Dataset }) {
  const { t } = useTranslation();
  const isMine = dataset.owner === useCurrentUser().username;
  const code = readingCode(dataset);
  return (
    <>
      <PageHeader
        title={dataset.name}
        lead={<Owner dataset={dataset} isMine={isMine} />}
        actions={<DatasetActions dataset={dataset} />}
      />
      <DatasetNotices dataset={dataset} />
      <Section title={t("datasets.page.about")}>
        <div className={styles.descriptionBox}>
          {dataset.description ? (
            <Markdown text={dataset.description} />
          ) : (
            <p className={styles.none}>{t("datasets.page.noDescription")}</p>
          )}
        </div>
        <DatasetFacts dataset={dataset} />
        {code ? (
          <div className={styles.code}>
            <p>{t("datasets.page.readWith")}</p>
            <CopyText label={t("datasets.page.readWith")} text={code} />
          </div>
        ) : null}
      </Section>
      <Files dataset={dataset} isMine={dataset.may_change} />
      <UsedBy datasetId={dataset.id} />
      {dataset.may_change ? (
        <Section title={t("datasets.page.addFiles")}>
          <AddFiles datasetId={dataset.id} />
        </Section>
      ) : null}
    </>
  );
}

function Owner({ dataset, isMine }: { dataset: Dataset; isMine: boolean }) {
  const { t } = useTranslation();
  const kind = dataset.is_public ? "public" : "private";
  const to = dataset.is_public ? "/datasets/public" : "/datasets";
  return (
    <>
      <Link to={to}>{t(`datasets.page.all.${kind}`)}</Link>
      {" · "}
      {isMine
        ? t(`datasets.page.mine.${kind}`)
        : t("datasets.page.ownedBy", { owner: dataset.owner })}
    </>
  );
}

/** The tree beside the file that was chosen; the address says which, so that it can be shared. */
function Files({ dataset, isMine }: { dataset: Dataset; isMine: boolean }) {
  const { t } = useTranslation();
  const [params, setParams] = useSearchParams();
  const asked = Number(params.get("file"));
  const fileId = Number.isSafeInteger(asked) && asked > 0 ? asked : null;
  const select = (id: number | null) => {
    setParams(id === null ? {} : { file: String(id) }, { replace: true, preventScrollReset: true });
  };
  if (dataset.file_count === 0) {
    return (
      <Section title={t("datasets.page.files")}>
        <EmptyState
          icon={<FileIcon />}
          title={t("datasets.page.empty")}
          hint={t(isMine ? "datasets.page.emptyMine" : "datasets.page.emptyOthers")}
        />
        <DeletedFiles datasetId={dataset.id} isMine={isMine} onRestored={select} />
      </Section>
    );
  }
  return (
    <Section title={t("datasets.page.files")}>
      <div className={styles.files}>
        <FolderTree datasetId={dataset.id} selectedId={fileId} onSelect={select} />
        {fileId === null ? (
          <p className={styles.none}>{t("datasets.file.choose")}</p>
        ) : (
          <FilePreview
            key={fileId}
            dataset={dataset}
            fileId={fileId}
            isMine={isMine}
            onChanged={select}
          />
        )}
      </div>
      <DeletedFiles datasetId={dataset.id} isMine={isMine} onRestored={select} />
    </Section>
  );
}
