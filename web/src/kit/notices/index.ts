import type { useAppProps as AntApp } from "antd/es/app/context";

/** What shows notices and asks questions: Ant Design's, loaded when there is something to show. */
export type Presenter = Pick<AntApp, "message" | "modal">;

let present: (presenter: Presenter) => void = () => undefined;
const presenter = new Promise<Presenter>((resolve) => {
  present = resolve;
});

let isWanted = false;
const listeners = new Set<() => void>();

/** The presenter, which `NoticeHost` loads at the first call. */
export function wantPresenter(): Promise<Presenter> {
  isWanted = true;
  for (const listener of listeners) listener();
  return presenter;
}

export function presenterIsWanted(): boolean {
  return isWanted;
}

export function onPresenterWanted(listener: () => void): () => void {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}

export function presenterIsHere(loaded: Presenter): void {
  present(loaded);
}

function show(kind: "success" | "info" | "error") {
  return (text: string): void => {
    void wantPresenter().then(({ message }) => message[kind](text));
  };
}

/** A short notice that goes away by itself. */
export const notify = { success: show("success"), info: show("info"), error: show("error") };
