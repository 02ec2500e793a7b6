import { ReactWidget } from "@jupyterlab/ui-components";
import { TextItem } from "@jupyterlab/statusbar";
import * as React from "react";

import { formatSpan } from "../kit/format";
import { useSignal } from "../kit/panel";
import type { IPlatform } from "../platform/token";
import type { ServiceModel } from "./model";

const NEARLY_FULL = 0.9;

interface Props {
  model: ServiceModel;
  platform: IPlatform;
}

function StatusLine({ model, platform }: Props): React.ReactElement {
  useSignal(model.changed);
  const left = model.status?.idle_seconds_left ?? null;
  const { trans } = platform;
  const idle = left === null ? "" : ` · ${trans.__("idle stop in %1", formatSpan(left, trans))}`;
  const isFull = (model.memoryFraction ?? 0) >= NEARLY_FULL;
  return (
    <span
      role="group"
      aria-label={trans.__("Notebook service")}
      className={isFull ? "opsforge-Status opsforge-mod-full" : "opsforge-Status"}
    >
      <TextItem source={model.line + idle} title={model.details} />
    </span>
  );
}

/** The item in the status bar. */
export class ServiceItem extends ReactWidget {
  constructor(private readonly given: Props) {
    super();
    this.addClass("jp-mod-highlighted");
  }

  protected override render(): React.ReactElement {
    return <StatusLine {...this.given} />;
  }
}
