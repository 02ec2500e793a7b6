import type { TranslationBundle } from "@jupyterlab/translation";
import { Token } from "@lumino/coreutils";

import type { PlatformClient } from "./client";
import type { CurrentProject } from "./currentProject";

/** What every other plugin of ours works with. */
export interface IPlatform {
  readonly client: PlatformClient;
  readonly current: CurrentProject;
  readonly trans: TranslationBundle;
  readonly isChinese: boolean;
  /** Path of the document in front, relative to the home; null if there is none. */
  documentPath(): string | null;
}

export const IPlatform = new Token<IPlatform>(
  "@opsforge/lab:IPlatform",
  "OpsForge, as this page may use it.",
);
