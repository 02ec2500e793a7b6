import type { UploadFile } from "@/api/upload";

/** Files that nobody means to upload. */
const clutter = new Set([".DS_Store", "Thumbs.db", "desktop.ini"]);

function fileName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** The files of an input; those of a chosen folder carry their path in it. */
export function fromInput(files: Iterable<File>): UploadFile[] {
  return [...files]
    .map((file) => ({ path: file.webkitRelativePath || file.name, file }))
    .filter(({ path }) => !clutter.has(fileName(path)));
}

function readFile(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => {
    entry.file(resolve, reject);
  });
}

/** All entries of a folder: the browser hands them out a hundred at a time. */
async function readFolder(entry: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = entry.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => {
      reader.readEntries(resolve, reject);
    });
    if (some.length === 0) return all;
    all.push(...some);
  }
}

async function walk(entry: FileSystemEntry): Promise<UploadFile[]> {
  const path = entry.fullPath.replace(/^\//, "");
  if (clutter.has(entry.name)) return [];
  if (entry.isFile) return [{ path, file: await readFile(entry as FileSystemFileEntry) }];
  const inside = await readFolder(entry as FileSystemDirectoryEntry);
  return (await Promise.all(inside.map(walk))).flat();
}

/** The files that were dropped, with those of dropped folders. */
export async function fromDrop(data: DataTransfer): Promise<UploadFile[]> {
  // The list is emptied once the event has been handled: take the entries before any waiting.
  const entries = [...data.items].map((item) => item.webkitGetAsEntry());
  const found = await Promise.all(entries.filter((entry) => entry !== null).map(walk));
  return found.flat();
}

/** Add files to those chosen before; the same path is kept once, the later choice wins. */
export function mergeFiles(
  before: readonly UploadFile[],
  added: readonly UploadFile[],
): { files: UploadFile[]; duplicates: number } {
  const byPath = new Map(before.map((one) => [one.path, one]));
  for (const one of added) byPath.set(one.path, one);
  const files = [...byPath.values()].sort((a, b) => a.path.localeCompare(b.path));
  return { files, duplicates: before.length + added.length - files.length };
}

/** The folder that all files are in; null when they are in several, or in none. */
function commonFolder(files: readonly UploadFile[]): string | null {
  const folders = new Set(files.map(({ path }) => (path.includes("/") ? path.split("/")[0] : "")));
  const [only] = folders;
  return folders.size === 1 && only ? only : null;
}

/** A name for what the files make together: that of their folder, or of the only file. */
export function proposeName(files: readonly UploadFile[]): string {
  const folder = commonFolder(files);
  if (folder !== null) return folder;
  const [only] = files;
  return files.length === 1 && only ? fileName(only.path).replace(/(\.\w{1,8}){1,2}$/, "") : "";
}

/** One chosen folder is the data set itself, not a folder in it. */
export function withoutCommonFolder(files: readonly UploadFile[]): UploadFile[] {
  const folder = commonFolder(files);
  if (folder === null) return [...files];
  return files.map(({ path, file }) => ({ path: path.slice(folder.length + 1), file }));
}
