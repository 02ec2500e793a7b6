import { Notification, showErrorMessage } from "@jupyterlab/apputils";
import { folderIcon, refreshIcon } from "@jupyterlab/ui-components";
import * as React from "react";

import { IconButton, Notice, PanelHeader, useShown, useSignal, type SidePanel } from "../kit/panel";
import type { Row } from "../kit/rows";
import { Tree } from "../kit/tree";
import type { Dataset } from "../platform/model";
import type { IPlatform } from "../platform/token";
import { datasetRows, linkedRows, pathOf, type Doings } from "./rows";
import type { DatasetStore } from "./store";

const TYPING_MS = 250;

interface Props {
  platform: IPlatform;
  store: DatasetStore;
  insertPath: (path: string) => void;
  insertRead: (path: string) => void;
  /** The file browser shows what was linked. */
  afterLink: () => void;
  panel: SidePanel;
}

/** The panel of data sets: the project's, one's own, the public ones. */
export function DatasetsPanel(props: Props): React.ReactElement {
  const { platform, store, insertPath, insertRead, afterLink, panel } = props;
  const { trans, current } = platform;
  const [open, setOpen] = React.useState<ReadonlySet<string>>(new Set(["linked"]));
  const [selected, setSelected] = React.useState<string | null>(null);
  useSignal(store.changed);
  useSignal(current.changed, () => {
    if (panel.isVisible && current.found.kind !== "loading") {
      void store.refresh();
    }
  });
  useShown(panel, () => void store.refresh());
  const search = useSearch(store);

  const project = current.own;
  const link = (dataset: Dataset): void => {
    if (!project) {
      return;
    }
    store.link(project, dataset.id).then(
      () => {
        afterLink();
        setOpen(new Set([...open, "linked"]));
        const said = trans.__("%1 is linked; it is in input/ now.", dataset.name);
        Notification.success(said, { autoClose: 4000 });
      },
      (error: unknown) => {
        const why = error instanceof Error ? error.message : String(error);
        void showErrorMessage(trans.__("The data set could not be linked"), why);
      },
    );
  };
  const doings: Doings = { insertPath, insertRead, ...(project ? { link } : {}) };
  const rows = useRows(props, doings);
  const onToggle = (key: string): void => {
    const next = new Set(open);
    const path = pathOf(key);
    if (!next.delete(key)) {
      next.add(key);
      if (path !== null) {
        void store.open(path);
      }
    } else if (path !== null && ![...next].some((other) => pathOf(other) === path)) {
      store.close(path);
    }
    setOpen(next);
  };
  return (
    <>
      <PanelHeader title={trans.__("Data sets")}>
        <IconButton
          label={trans.__("Refresh")}
          icon={refreshIcon}
          onClick={() => void store.refresh()}
        />
      </PanelHeader>
      <input
        type="search"
        className="jp-mod-styled opsforge-Search"
        placeholder={trans.__("Name or description")}
        aria-label={trans.__("Search data sets")}
        onChange={(event) => {
          search(event.target.value);
          setOpen(new Set([...open, "mine", "shared"]));
        }}
      />
      {store.error && <Notice kind="error">{store.error}</Notice>}
      {!store.mine && !store.error && <Notice kind="busy">{trans.__("Loading…")}</Notice>}
      {store.mine && (
        <Tree
          label={trans.__("Data sets")}
          rows={rows}
          open={open}
          selected={selected}
          onSelect={setSelected}
          onToggle={onToggle}
        />
      )}
      {store.mine && store.linked.length === 0 && (
        <Notice kind="empty">
          {project
            ? trans.__(
                "This project uses no data set yet. Expand “My data sets” or “Public data sets” and link one.",
              )
            : trans.__("Open a notebook of a project of yours to link data sets to it.")}
        </Notice>
      )}
    </>
  );
}

/** Narrows the lists, a moment after the last key. */
function useSearch(store: DatasetStore): (query: string) => void {
  const later = React.useRef(0);
  return (query) => {
    window.clearTimeout(later.current);
    later.current = window.setTimeout(() => {
      store.query = query;
      void store.refresh();
    }, TYPING_MS);
  };
}

function useRows({ platform, store }: Props, doings: Doings): Row[] {
  const { trans } = platform;
  const given = { store, platform, doings };
  const ids = store.linked.map((one) => one.dataset.id);
  const linkedIds = new Set(ids.filter((id) => id !== null));
  const section = (key: string, label: string, children: Row[]): Row => ({
    key,
    label,
    icon: folderIcon,
    hint: String(children.length),
    children,
  });
  return [
    section("linked", trans.__("Of this project"), linkedRows(store.linked, given)),
    section(
      "mine",
      trans.__("My data sets"),
      datasetRows("mine", store.mine ?? [], linkedIds, given),
    ),
    section(
      "shared",
      trans.__("Public data sets"),
      datasetRows("shared", store.shared ?? [], linkedIds, given),
    ),
  ];
}
