import { ReactWidget, type LabIcon } from "@jupyterlab/ui-components";
import type { Message } from "@lumino/messaging";
import { Signal, type ISignal } from "@lumino/signaling";
import * as React from "react";

/** A side panel; what it shows is asked for when it is first seen, and again each time. */
export class SidePanel extends ReactWidget {
  private readonly _shown = new Signal<this, void>(this);

  constructor(
    private readonly content: (panel: SidePanel) => React.ReactElement,
    options: { id: string; icon: LabIcon; label: string },
  ) {
    super();
    this.id = options.id;
    this.title.icon = options.icon;
    this.title.caption = options.label;
    this.addClass("opsforge-Panel");
    this.node.setAttribute("role", "region");
    this.node.setAttribute("aria-label", options.label);
  }

  /** It has come into view. */
  get shown(): ISignal<this, void> {
    return this._shown;
  }

  protected override onAfterShow(message: Message): void {
    super.onAfterShow(message);
    this._shown.emit();
  }

  protected override render(): React.ReactElement {
    return this.content(this);
  }
}

/** Draw again whenever the signal says so. */
export function useSignal<S, A>(signal: ISignal<S, A>, act?: () => void): number {
  const [count, setCount] = React.useState(0);
  const latest = React.useRef(act);
  React.useEffect(() => {
    latest.current = act;
  });
  React.useEffect(() => {
    const slot = (): void => {
      setCount((before) => before + 1);
      latest.current?.();
    };
    signal.connect(slot);
    return () => {
      signal.disconnect(slot);
    };
  }, [signal]);
  return count;
}

/** Do something whenever the panel comes into view, and now if it is. */
export function useShown(panel: SidePanel, act: () => void): void {
  useSignal(panel.shown, act);
  const latest = React.useRef(act);
  React.useEffect(() => {
    if (panel.isVisible) {
      latest.current();
    }
  }, [panel]);
}

interface NoticeProps {
  kind: "empty" | "error" | "busy";
  children: React.ReactNode;
}

/** What stands in a panel in place of its content. */
export function Notice({ kind, children }: NoticeProps): React.ReactElement {
  return (
    <p
      className={`opsforge-Notice opsforge-mod-${kind}`}
      role={kind === "error" ? "alert" : "status"}
    >
      {children}
    </p>
  );
}

interface HeaderProps {
  title: string;
  children?: React.ReactNode;
}

/** The head of a panel. */
export function PanelHeader({ title, children }: HeaderProps): React.ReactElement {
  return (
    <div className="opsforge-Header">
      <h2 className="opsforge-Header-title">{title}</h2>
      <span className="opsforge-Header-actions">{children}</span>
    </div>
  );
}

interface IconButtonProps {
  label: string;
  icon: LabIcon;
  onClick: () => void;
  disabled?: boolean;
}

/** A button that shows an icon and says what it does. */
export function IconButton(props: IconButtonProps): React.ReactElement {
  const { label, icon, onClick, disabled } = props;
  return (
    <button
      type="button"
      className="jp-Button jp-mod-minimal opsforge-IconButton"
      title={label}
      aria-label={label}
      disabled={disabled}
      onClick={onClick}
    >
      <icon.react tag="span" width="16px" height="16px" />
    </button>
  );
}
