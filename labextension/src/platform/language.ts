import type { JupyterFrontEndPlugin } from "@jupyterlab/application";
import { ISettingRegistry } from "@jupyterlab/settingregistry";

import { wantedLocale } from "./locale";

const TRANSLATION = "@jupyterlab/translation-extension:plugin";

/** At the first visit JupyterLab speaks the browser's language, as OpsForge's page does. */
export const languagePlugin: JupyterFrontEndPlugin<void> = {
  id: "@opsforge/lab:language",
  description: "Lets JupyterLab speak the browser's language until its user chooses one.",
  requires: [ISettingRegistry],
  autoStart: true,
  activate: async (_, registry: ISettingRegistry): Promise<void> => {
    const wanted = wantedLocale(navigator.languages);
    const settings = await registry.load(TRANSLATION);
    if (wanted && settings.user.locale === undefined) {
      await settings.set("locale", wanted);
      window.location.reload();
    }
  },
};
