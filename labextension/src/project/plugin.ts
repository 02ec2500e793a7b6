import {
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin,
} from "@jupyterlab/application";
import { Notification, showErrorMessage } from "@jupyterlab/apputils";
import { IDocumentManager } from "@jupyterlab/docmanager";
import * as React from "react";

import { askAndSave } from "../kit/form";
import { projectIcon } from "../kit/icons";
import { SidePanel } from "../kit/panel";
import type { Project } from "../platform/model";
import { IPlatform } from "../platform/token";
import { ProjectPanel } from "./panel";
import { ProjectStore } from "./store";

const RANK = 530;

/** The panel of the project in front. */
export const projectPlugin: JupyterFrontEndPlugin<void> = {
  id: "@opsforge/lab:project",
  description: "A panel with the project in front: its page, sharing, lineage.",
  requires: [IPlatform, IDocumentManager],
  optional: [ILayoutRestorer],
  autoStart: true,
  activate: (
    app: JupyterFrontEnd,
    platform: IPlatform,
    documents: IDocumentManager,
    restorer: ILayoutRestorer | null,
  ): void => {
    const { client, current, trans } = platform;
    const store = new ProjectStore(client, app.serviceManager.contents, current);
    /** What is published is what is on the disk: the document in front is saved before. */
    const saveFront = async (): Promise<void> => {
      const front = app.shell.currentWidget;
      const context = front ? documents.contextForWidget(front) : undefined;
      if (context?.model.dirty) {
        await context.save();
      }
    };
    const share = (project: Project): Promise<boolean> =>
      askAndSave(
        {
          title: trans.__("Share %1 with everybody", project.name),
          fields: [
            { name: "name", label: trans.__("Name of the public project"), value: project.name },
          ],
          accept: trans.__("Share"),
          cancel: trans.__("Cancel"),
          failed: trans.__("The project could not be shared"),
        },
        (values) =>
          follow(store.share(project, values.name ?? "", saveFront), {
            pending: trans.__("Sharing…"),
            success: trans.__("Every user can read the project now."),
            error: trans.__("The project could not be shared"),
          }),
      );
    const publish = (project: Project): Promise<unknown> => {
      const failed = trans.__("The project could not be published");
      return follow(store.publish(project, saveFront), {
        pending: trans.__("Publishing…"),
        success: trans.__("The public copy is up to date."),
        error: failed,
      }).catch((error: unknown) =>
        showErrorMessage(failed, error instanceof Error ? error.message : String(error)),
      );
    };
    const panel = new SidePanel(
      (side) =>
        React.createElement(ProjectPanel, {
          platform,
          store,
          panel: side,
          share: (project) => void share(project),
          publish: (project) => void publish(project),
        }),
      { id: "opsforge-project", icon: projectIcon, label: trans.__("Project") },
    );
    restorer?.add(panel, panel.id);
    app.shell.add(panel, "left", { rank: RANK });
  },
};

/** Say in a notice how far some work is; hands on what it raises. */
async function follow(
  work: Promise<void>,
  words: { pending: string; success: string; error: string },
): Promise<void> {
  Notification.promise(
    work.then(() => null),
    {
      // Without a time it would be in the list of notices only.
      pending: { message: words.pending, options: { autoClose: false } },
      success: { message: () => words.success, options: { autoClose: 4000 } },
      error: { message: () => words.error, options: { autoClose: 4000 } },
    },
  );
  await work;
}
