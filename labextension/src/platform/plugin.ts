import type { JupyterFrontEnd, JupyterFrontEndPlugin } from "@jupyterlab/application";
import { IDocumentManager } from "@jupyterlab/docmanager";
import { IDefaultFileBrowser } from "@jupyterlab/filebrowser";
import { ITranslator, nullTranslator } from "@jupyterlab/translation";

import { PlatformClient } from "./client";
import { CurrentProject } from "./currentProject";
import { IPlatform } from "./token";

export const DOMAIN = "opsforge";

/** The way to the platform, and which project is in front. */
export const platformPlugin: JupyterFrontEndPlugin<IPlatform> = {
  id: "@opsforge/lab:platform",
  description: "The way to OpsForge, and which project is in front.",
  provides: IPlatform,
  requires: [IDocumentManager],
  optional: [IDefaultFileBrowser, ITranslator],
  autoStart: true,
  activate: (
    app: JupyterFrontEnd,
    documents: IDocumentManager,
    browser: IDefaultFileBrowser | null,
    translator: ITranslator | null,
  ): IPlatform => {
    const words = translator ?? nullTranslator;
    const trans = words.load(DOMAIN);
    const language = words.languageCode.replace("_", "-");
    const client = new PlatformClient(
      app.serviceManager.serverSettings,
      language,
      trans.__("OpsForge does not answer at the moment. Try again in a moment."),
    );
    const current = new CurrentProject(client);
    const documentPath = (): string | null => {
      const widget = app.shell.currentWidget;
      return widget ? (documents.contextForWidget(widget)?.path ?? null) : null;
    };
    const look = (): void => current.follow(documentPath() ?? browser?.model.path ?? "");
    app.shell.currentChanged?.connect(look);
    void app.restored.then(() => {
      browser?.model.pathChanged.connect(look);
      look();
    });
    return { client, current, trans, isChinese: language.startsWith("zh"), documentPath };
  },
};
