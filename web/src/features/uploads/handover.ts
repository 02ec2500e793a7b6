import type { UploadFile } from "@/api/upload";

const waiting = new Map<string, readonly UploadFile[]>();

/** Leave files for the page of a target, which takes them up when it is shown. */
export function handOver(target: string, files: readonly UploadFile[]): void {
  waiting.set(target, files);
}

/** Files that were left for a target, once. */
export function takeOver(target: string): readonly UploadFile[] {
  const files = waiting.get(target) ?? [];
  waiting.delete(target);
  return files;
}
