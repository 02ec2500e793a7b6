import { lazy, Suspense, useSyncExternalStore } from "react";
import { onPresenterWanted, presenterIsWanted } from ".";

const AntPresenter = lazy(async () => ({
  default: (await import("./AntPresenter")).AntPresenter,
}));

/** Stands once in the application. */
export function NoticeHost() {
  const isWanted = useSyncExternalStore(onPresenterWanted, presenterIsWanted);
  return isWanted ? (
    <Suspense>
      <AntPresenter />
    </Suspense>
  ) : null;
}
