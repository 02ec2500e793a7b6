import type { CheckedFile, ClashChoice, WaitingUpload } from "@/api/uploads";
import type { UploadFile } from "@/api/upload";
import { withoutCommonFolder } from "@/kit/upload/collect";

/** A file that will be sent, and how. */
export interface PlannedFile extends UploadFile {
  onClash: ClashChoice;
  unpack: boolean;
  /** Of the upload that it goes on with. */
  location: string | null;
  sentBytes: number;
}

/** What a user may answer for a path that is taken. */
export type Choice = Exclude<ClashChoice, "refuse">;

export const allChoices: readonly Choice[] = ["skip", "replace", "rename"];

const archive = /\.(zip|tar|tar\.gz|tgz|tar\.zst|tzst)$/i;

export function isArchive(path: string): boolean {
  return archive.test(path);
}

function isSameFile(waiting: WaitingUpload, { file }: UploadFile): boolean {
  return waiting.size_bytes === file.size && waiting.last_modified === String(file.lastModified);
}

function goesOn(
  files: readonly UploadFile[],
  waiting: readonly WaitingUpload[],
): Map<string, WaitingUpload> {
  const byPath = new Map(waiting.map((one) => [one.path, one]));
  const found = new Map<string, WaitingUpload>();
  for (const one of files) {
    const begun = byPath.get(one.path);
    if (begun && isSameFile(begun, one)) found.set(one.path, begun);
  }
  return found;
}

/**
 * Which of the chosen files go on with uploads that were interrupted. A folder that was a data set
 * when it was chosen first is one again.
 */
export function matchWaiting(
  chosen: readonly UploadFile[],
  waiting: readonly WaitingUpload[],
): { files: UploadFile[]; begun: Map<string, WaitingUpload> } {
  const begun = goesOn(chosen, waiting);
  const inside = withoutCommonFolder(chosen);
  const begunInside = goesOn(inside, waiting);
  return begunInside.size > begun.size
    ? { files: inside, begun: begunInside }
    : { files: [...chosen], begun };
}

export function toResume({ path, file }: UploadFile, begun: WaitingUpload): PlannedFile {
  return {
    path,
    file,
    onClash: begun.on_clash,
    unpack: begun.unpack,
    location: begun.location,
    sentBytes: begun.offset_bytes,
  };
}

/** What a user may choose for a file whose path is taken. */
export function choicesFor(checked: CheckedFile): Choice[] {
  const choices: Choice[] = ["skip"];
  if (checked.may_replace) choices.push("replace");
  if (checked.proposal !== null) choices.push("rename");
  return choices;
}

interface Answers {
  checked: ReadonlyMap<string, CheckedFile>;
  choices: ReadonlyMap<string, Choice>;
  unpack: boolean;
}

/** The files that will be sent after the user has answered. */
export function planFiles(files: readonly UploadFile[], answers: Answers): PlannedFile[] {
  const planned: PlannedFile[] = [];
  for (const { path, file } of files) {
    const checked = answers.checked.get(path);
    const choice = checked?.clash ? (answers.choices.get(path) ?? "skip") : "refuse";
    const unpack = answers.unpack && isArchive(path);
    if (checked?.problem || (choice === "skip" && !unpack)) continue;
    const renamed = choice === "rename" ? checked?.proposal : null;
    planned.push({
      path: renamed ?? path,
      file,
      onClash: unpack && choice === "refuse" ? "rename" : choice,
      unpack,
      location: null,
      sentBytes: 0,
    });
  }
  return planned;
}
