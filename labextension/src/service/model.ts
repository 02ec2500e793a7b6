import { Signal, type ISignal } from "@lumino/signaling";

import { formatBytes, formatCores, formatSpan } from "../kit/format";
import type { Flavour, ServiceStatus } from "../platform/model";
import type { IPlatform } from "../platform/token";

/** What the status bar shows. */
export class ServiceModel {
  private readonly _changed = new Signal<this, void>(this);
  private flavours: Flavour[] | null = null;
  status: ServiceStatus | null = null;

  constructor(private readonly platform: IPlatform) {}

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Ask the service; what it does not answer is shown as unknown. */
  async look(): Promise<void> {
    try {
      this.status = await this.platform.client.status();
      this.flavours ??= await this.platform.client
        .get<Flavour[]>("services/flavours")
        .catch(() => null);
    } catch {
      this.status = null;
    }
    this._changed.emit();
  }

  /** The flavour in the user's language. */
  get flavour(): string {
    const name = this.status?.flavour ?? "";
    const found = this.flavours?.find((one) => one.name === name);
    const label = (this.platform.isChinese ? found?.label_zh : found?.label_en) ?? "";
    return label === "" ? name : label;
  }

  /** Short, for the status bar. */
  get line(): string {
    const status = this.status;
    return status
      ? [this.flavour, this.cores(status), this.memory(status)].filter(Boolean).join(" · ")
      : "";
  }

  /** All of it, a line each. */
  get details(): string {
    const { trans } = this.platform;
    const status = this.status;
    if (!status) {
      return trans.__("The service does not answer.");
    }
    const left = status.idle_seconds_left;
    return [
      trans.__("Service: %1", this.flavour),
      trans.__("CPU: %1", this.cores(status)),
      trans.__("Memory: %1", this.memory(status)),
      left === null
        ? trans.__("It is not stopped for being idle.")
        : trans.__("If it stays idle, it is stopped in %1.", formatSpan(left, trans)),
    ].join("\n");
  }

  /** Of the memory, as far as there is a limit. */
  get memoryFraction(): number | null {
    const limit = this.status?.memory_limit_bytes;
    return this.status && limit ? this.status.memory_bytes / limit : null;
  }

  private cores(status: ServiceStatus): string {
    const used = formatCores(status.cores ?? 0);
    const unit = this.platform.trans.__("CPU");
    return status.cpu_limit === null
      ? `${used} ${unit}`
      : `${used} / ${formatCores(status.cpu_limit)} ${unit}`;
  }

  private memory(status: ServiceStatus): string {
    const used = formatBytes(status.memory_bytes);
    const limit = status.memory_limit_bytes;
    return limit === null ? used : `${used} / ${formatBytes(limit)}`;
  }
}
