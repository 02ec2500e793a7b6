import type { JupyterFrontEnd, JupyterFrontEndPlugin } from "@jupyterlab/application";
import { Notification } from "@jupyterlab/apputils";
import { ISettingRegistry } from "@jupyterlab/settingregistry";
import { IStatusBar } from "@jupyterlab/statusbar";
import { Poll } from "@lumino/polling";

import { formatSpan } from "../kit/format";
import { IPlatform } from "../platform/token";
import { ServiceItem } from "./item";
import { ServiceModel } from "./model";
import { nextStep, Throttle } from "./warning";

const ID = "@opsforge/lab:service";
const SECOND_MS = 1000;
const MINUTE_SECONDS = 60;
const TOUCH_MS = 30 * SECOND_MS;
const EVENTS = ["pointerdown", "keydown", "wheel"] as const;

/** What the service uses, in the status bar; a notice before it is stopped for being idle. */
export const servicePlugin: JupyterFrontEndPlugin<void> = {
  id: ID,
  description: "What the notebook service uses, and a notice before an idle stop.",
  requires: [IPlatform],
  optional: [IStatusBar, ISettingRegistry],
  autoStart: true,
  activate: (
    app: JupyterFrontEnd,
    platform: IPlatform,
    statusBar: IStatusBar | null,
    registry: ISettingRegistry | null,
  ): void => {
    const model = new ServiceModel(platform);
    statusBar?.registerStatusItem(ID, {
      item: new ServiceItem({ model, platform }),
      align: "right",
      rank: 20,
      isActive: () => model.status !== null,
      activeStateChanged: model.changed,
    });
    const poll = new Poll({
      name: ID,
      factory: () => model.look(),
      frequency: { interval: 5 * SECOND_MS, backoff: true },
      standby: "when-hidden",
      auto: false,
    });
    const warning = new IdleWarning(platform, model, poll);
    model.changed.connect(() => warning.look());
    touchWhenUsed(platform);
    void registry?.load(ID).then((settings) => {
      const read = (): void => {
        const { refreshSeconds, warnMinutes } = settings.composite;
        poll.frequency = { ...poll.frequency, interval: Number(refreshSeconds) * SECOND_MS };
        warning.seconds = Number(warnMinutes) * MINUTE_SECONDS;
      };
      settings.changed.connect(read);
      read();
    });
    // What the page shows first does not wait for this.
    void app.restored.then(() => poll.start());
  },
};

/** Tell the service that somebody uses the page, now and then. */
function touchWhenUsed(platform: IPlatform): void {
  const throttle = new Throttle(TOUCH_MS);
  const touch = (): void => {
    if (throttle.isDue()) {
      platform.client.touch().catch(() => undefined);
    }
  };
  for (const event of EVENTS) {
    document.addEventListener(event, touch, { capture: true, passive: true });
  }
}

/** The notice before an idle stop, with a button that keeps the service. */
class IdleWarning {
  seconds = 5 * MINUTE_SECONDS;
  private notice: string | null = null;

  constructor(
    private readonly platform: IPlatform,
    private readonly model: ServiceModel,
    private readonly poll: Poll,
  ) {}

  /** Something new is known. */
  look(): void {
    const left = this.model.status?.idle_seconds_left ?? null;
    const limit = this.model.status?.idle_limit_seconds ?? 0;
    // A short limit must not warn at once: half of it is early enough.
    const step = nextStep(left, Math.min(this.seconds, limit / 2), this.notice !== null);
    if (step === "warn" && left !== null) {
      this.notice = Notification.warning(this.sentence(left), {
        autoClose: false,
        actions: [
          {
            label: this.platform.trans.__("Keep"),
            caption: this.platform.trans.__("Keep the service running"),
            displayType: "accent",
            callback: () => void this.keep(),
          },
        ],
      });
    } else if (step === "update" && left !== null && this.notice !== null) {
      Notification.update({ id: this.notice, message: this.sentence(left) });
    } else if (step === "withdraw" && this.notice !== null) {
      Notification.dismiss(this.notice);
      this.notice = null;
    }
  }

  private sentence(left: number): string {
    return this.platform.trans.__(
      "Nothing has happened in your notebook service for a while. It is stopped in %1; files are kept, variables are lost.",
      formatSpan(left, this.platform.trans),
    );
  }

  private async keep(): Promise<void> {
    this.notice = null;
    await this.platform.client.touch();
    await this.poll.refresh();
  }
}
