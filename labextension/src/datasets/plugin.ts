import {
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin,
} from "@jupyterlab/application";
import { IDefaultFileBrowser } from "@jupyterlab/filebrowser";
import { IEditorTracker } from "@jupyterlab/fileeditor";
import { INotebookTracker } from "@jupyterlab/notebook";
import * as React from "react";

import { datasetsIcon } from "../kit/icons";
import { SidePanel } from "../kit/panel";
import { relativePath } from "../platform/places";
import { IPlatform } from "../platform/token";
import { Insertion } from "../snippets/insertion";
import { DatasetsPanel } from "./panel";
import { pythonString, readCode } from "./reads";
import { DatasetStore } from "./store";

const RANK = 520;

/** The panel of data sets. */
export const datasetsPlugin: JupyterFrontEndPlugin<void> = {
  id: "@opsforge/lab:datasets",
  description: "A panel with the data sets of the project, one's own and the public ones.",
  requires: [IPlatform, INotebookTracker],
  optional: [IEditorTracker, IDefaultFileBrowser, ILayoutRestorer],
  autoStart: true,
  activate: (
    app: JupyterFrontEnd,
    platform: IPlatform,
    notebooks: INotebookTracker,
    editors: IEditorTracker | null,
    browser: IDefaultFileBrowser | null,
    restorer: ILayoutRestorer | null,
  ): void => {
    const { client, current, trans } = platform;
    const store = new DatasetStore(client, app.serviceManager.contents, current);
    const insertion = new Insertion(app, notebooks, editors, trans);
    const asSeen = (path: string): string => relativePath(platform.documentPath() ?? "", path);
    const panel = new SidePanel(
      (side) =>
        React.createElement(DatasetsPanel, {
          platform,
          store,
          panel: side,
          insertPath: (path) => insertion.asText(pythonString(asSeen(path))),
          insertRead: (path) => insertion.asCell(readCode(asSeen(path)), "python"),
          afterLink: () => void browser?.model.refresh(),
        }),
      { id: "opsforge-datasets", icon: datasetsIcon, label: trans.__("Data sets") },
    );
    restorer?.add(panel, panel.id);
    app.shell.add(panel, "left", { rank: RANK });
  },
};
