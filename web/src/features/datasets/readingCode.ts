import type { Dataset } from "@/api/types";

interface Reader {
  pattern: RegExp;
  call: string;
  options?: string;
}

const readers: readonly Reader[] = [
  { pattern: /\.csv(\.gz|\.zip|\.xz)?$/i, call: "pd.read_csv" },
  { pattern: /\.tsv$/i, call: "pd.read_table" },
  { pattern: /\.parquet$/i, call: "pd.read_parquet" },
  { pattern: /\.jsonl$/i, call: "pd.read_json", options: ", lines=True" },
  { pattern: /\.json$/i, call: "pd.read_json" },
];

/** A line of Python that reads a file of a data set; null for what is no table. */
export function readingCodeOf(folder: string, path: string): string | null {
  const reader = readers.find(({ pattern }) => pattern.test(path));
  if (!reader) return null;
  // JSON writes a string as Python does, as long as all is text.
  return `${reader.call}(${JSON.stringify(`../../${folder}/${path}`)}${reader.options ?? ""})`;
}

/** The same for the first table of a data set; null when there is none. */
export function readingCode({
  path: folder,
  files,
}: Pick<Dataset, "path" | "files">): string | null {
  const codes = files.map(({ path }) => readingCodeOf(folder, path));
  return codes.find((code) => code !== null) ?? null;
}
