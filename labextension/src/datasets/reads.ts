/** How each kind of file is read; `%` stands for the path as a Python string. */
const TABLES: [RegExp, string][] = [
  [/\.csv(\.(gz|bz2|zip|xz|zst))?$/i, "pd.read_csv(%)"],
  [/\.(tsv|tab)(\.(gz|bz2|zip|xz|zst))?$/i, 'pd.read_csv(%, sep="\\t")'],
  [/\.(jsonl|ndjson)(\.(gz|bz2|zip|xz|zst))?$/i, "pd.read_json(%, lines=True)"],
  [/\.json(\.(gz|bz2|zip|xz|zst))?$/i, "pd.read_json(%)"],
  [/\.(parquet|pq)$/i, "pd.read_parquet(%)"],
  [/\.feather$/i, "pd.read_feather(%)"],
  [/\.orc$/i, "pd.read_orc(%)"],
  [/\.(xlsx|xls|ods)$/i, "pd.read_excel(%)"],
  [/\.(h5|hdf5?)$/i, "pd.read_hdf(%)"],
  [/\.(pkl|pickle)$/i, "pd.read_pickle(%)"],
];
const ARRAYS = /\.(npy|npz)$/i;
const PICTURES = /\.(png|jpe?g|gif|webp|tiff?)$/i;
const TEXTS = /\.(txt|log|md|out|err|conf|cfg|ini|ya?ml|toml|xml|html?|sql|py|sh)$/i;

/** A Python string that says the same; JSON's escapes are Python's. */
export function pythonString(text: string): string {
  return JSON.stringify(text);
}

const KEYWORDS = new Set(
  (
    "False None True and as assert async await break class continue def del elif else except " +
    "finally for from global if import in is lambda nonlocal not or pass raise return try while " +
    "with yield pd np plt Path"
  ).split(" "),
);

/** A variable for a file's content, made of the file's name. */
export function variableOf(path: string): string {
  const file = path.split("/").pop() ?? "";
  const stem = (file.split(".")[0] ?? "").replace(/[^\p{L}\p{N}_]+/gu, "_").replace(/^_+|_+$/g, "");
  const name = /^\p{N}/u.test(stem) ? `data_${stem}` : stem;
  return name === "" || KEYWORDS.has(name) ? "data" : name;
}

/** Code that reads a file; `path` is as the notebook sees it. */
export function readCode(path: string): string {
  const text = pythonString(path);
  const name = variableOf(path);
  const table = TABLES.find(([pattern]) => pattern.test(path));
  if (table) {
    const call = table[1].replace("%", () => text);
    return `import pandas as pd\n\n${name} = ${call}\n${name}.head()`;
  }
  if (ARRAYS.test(path)) {
    return `import numpy as np\n\n${name} = np.load(${text})\n${name}`;
  }
  if (PICTURES.test(path)) {
    return `import matplotlib.pyplot as plt\n\nplt.imshow(plt.imread(${text}))\nplt.axis("off");`;
  }
  if (TEXTS.test(path)) {
    const read = `Path(${text}).read_text(encoding="utf-8")`;
    return `from pathlib import Path\n\n${name} = ${read}\nprint(${name}[:2000])`;
  }
  const read = `Path(${text}).read_bytes()`;
  return `from pathlib import Path\n\n${name} = ${read}\nlen(${name})`;
}

/** The ids of a project's data sets with one more; those whose owner deleted them have none. */
export function withLink(linked: readonly { id: number | null }[], id: number): number[] {
  const ids = linked.map((one) => one.id).filter((one) => one !== null);
  return ids.includes(id) ? ids : [...ids, id];
}
