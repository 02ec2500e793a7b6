// Requirements: E6
import { useTranslation } from "react-i18next";
import { fileAddress } from "@/api/datasets";
import { asProblem } from "@/api/problems";
import type { FilePreview } from "@/api/types";
import { FileStart } from "../FileStart";
import { useFileProfile } from "../queries";
import data from "../datasets.module.css";
import { ProfiledTable } from "./ProfiledTable";

const tables = /\.(csv|tsv|jsonl|ndjson|parquet)$/i;

interface Props {
  datasetId: number;
  file: FilePreview;
}

/** A table with what is known of its columns, once that is known; else how the file begins. */
export function FileContent({ datasetId, file }: Props) {
  const { t } = useTranslation();
  const isTable = tables.test(file.path) && file.size_bytes > 0;
  const profile = useFileProfile(datasetId, file.id, { isWanted: isTable });
  if (profile.data) return <ProfiledTable profile={profile.data} />;
  return (
    <>
      <FileStart file={file} address={fileAddress(datasetId, file.id, "show")} />
      {isTable && profile.isPending ? (
        <p className={data.meta} role="status">
          {t("datasets.profile.looking")}
        </p>
      ) : null}
      {profile.isError ? <p className={data.meta}>{asProblem(profile.error).message}</p> : null}
    </>
  );
}
