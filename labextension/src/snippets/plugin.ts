import {
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin,
} from "@jupyterlab/application";
import { ICommandPalette, Notification } from "@jupyterlab/apputils";
import { IEditorTracker } from "@jupyterlab/fileeditor";
import { INotebookTracker } from "@jupyterlab/notebook";
import { ISettingRegistry } from "@jupyterlab/settingregistry";
import * as React from "react";

import { snippetsIcon } from "../kit/icons";
import { SidePanel } from "../kit/panel";
import { IPlatform } from "../platform/token";
import { saveAsSnippet } from "./forms";
import { Insertion } from "./insertion";
import { SnippetsPanel } from "./panel";
import { SnippetStore } from "./store";

const ID = "@opsforge/lab:snippets";
const SAVE = "opsforge:save-snippet";
const RANK = 510;

/** The panel of code snippets. */
export const snippetsPlugin: JupyterFrontEndPlugin<void> = {
  id: ID,
  description: "A panel with one's code snippets and OpsForge's library.",
  requires: [IPlatform, INotebookTracker],
  optional: [IEditorTracker, ICommandPalette, ISettingRegistry, ILayoutRestorer],
  autoStart: true,
  activate: (
    app: JupyterFrontEnd,
    platform: IPlatform,
    notebooks: INotebookTracker,
    editors: IEditorTracker | null,
    palette: ICommandPalette | null,
    registry: ISettingRegistry | null,
    restorer: ILayoutRestorer | null,
  ): void => {
    const { client, trans } = platform;
    const store = new SnippetStore(client);
    const insertion = new Insertion(app, notebooks, editors, trans);
    let insertAs: "cell" | "text" = "cell";
    void registry?.load(ID).then((settings) => {
      const read = (): void => {
        insertAs = settings.composite.insertAs === "text" ? "text" : "cell";
      };
      settings.changed.connect(read);
      read();
    });

    app.commands.addCommand(SAVE, {
      label: trans.__("Save the selected cells as a snippet"),
      icon: snippetsIcon,
      isEnabled: () => insertion.notebook !== null,
      execute: async () => {
        const selected = insertion.selectedCells();
        if (!selected) {
          Notification.info(trans.__("Select cells with code in a notebook first."), {
            autoClose: 4000,
          });
        } else if (await saveAsSnippet(store, trans, selected)) {
          Notification.success(trans.__("The snippet is saved."), { autoClose: 3000 });
        }
      },
      describedBy: { args: { type: "object", properties: {} } },
    });
    palette?.addItem({ command: SAVE, category: "OpsForge" });
    app.contextMenu.addItem({ command: SAVE, selector: ".jp-Notebook .jp-Cell", rank: 40 });

    const panel = new SidePanel(
      (side) =>
        React.createElement(SnippetsPanel, {
          platform,
          store,
          insertion,
          panel: side,
          insertAs: () => insertAs,
          save: () => {
            if (insertion.notebook) {
              void app.commands.execute(SAVE);
            } else {
              Notification.info(trans.__("Select cells with code in a notebook first."), {
                autoClose: 4000,
              });
            }
          },
        }),
      { id: "opsforge-snippets", icon: snippetsIcon, label: trans.__("Snippets") },
    );
    restorer?.add(panel, panel.id);
    app.shell.add(panel, "left", { rank: RANK });
  },
};
