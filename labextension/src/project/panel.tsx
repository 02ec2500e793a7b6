import { PageConfig } from "@jupyterlab/coreutils";
import { refreshIcon } from "@jupyterlab/ui-components";
import * as React from "react";

import { IconButton, Notice, PanelHeader, useShown, useSignal, type SidePanel } from "../kit/panel";
import type { Project, PublicProject } from "../platform/model";
import type { IPlatform } from "../platform/token";
import type { ProjectStore } from "./store";

interface Props {
  platform: IPlatform;
  store: ProjectStore;
  share: (project: Project) => void;
  publish: (project: Project) => void;
  panel: SidePanel;
}

type Origin = NonNullable<Project["origin"]>;

/** The panel of the project in front: its page, sharing, where it comes from. */
export function ProjectPanel(props: Props): React.ReactElement {
  const { platform, store, panel } = props;
  const { trans, current } = platform;
  useSignal(store.changed);
  useSignal(current.changed, () => {
    if (panel.isVisible && current.found.kind === "own") {
      void store.look();
    }
  });
  useShown(panel, () => void current.refresh());
  const found = current.found;
  return (
    <>
      <PanelHeader title={trans.__("Project")}>
        <IconButton
          label={trans.__("Refresh")}
          icon={refreshIcon}
          onClick={() => void current.refresh()}
        />
      </PanelHeader>
      {found.kind === "none" && (
        <Notice kind="empty">
          {trans.__("Open a notebook or a folder of a project; projects are in work/.")}
        </Notice>
      )}
      {found.kind === "loading" && <Notice kind="busy">{trans.__("Loading…")}</Notice>}
      {found.kind === "failed" && <Notice kind="error">{found.message}</Notice>}
      {found.kind === "own" && <OwnProject {...props} project={found.project} />}
      {found.kind === "public" && <OthersProject {...props} project={found.project} />}
    </>
  );
}

function OwnProject(props: Props & { project: Project }): React.ReactElement {
  const { platform, store, project, share, publish } = props;
  const { trans } = platform;
  const published = store.published;
  return (
    <div className="opsforge-Details">
      <Title project={project} href={`/projects/${project.id}`} platform={platform} />
      <Fact label={trans.__("Shared")}>
        <SyncState {...props} />
      </Fact>
      {project.public_id === null ? (
        <button
          type="button"
          className="jp-Button jp-mod-styled jp-mod-accept"
          disabled={store.isBusy}
          onClick={() => share(project)}
        >
          {trans.__("Share…")}
        </button>
      ) : (
        !project.is_moved && (
          <button
            type="button"
            className="jp-Button jp-mod-styled jp-mod-accept"
            disabled={store.isBusy}
            onClick={() => publish(project)}
          >
            {trans.__("Publish again")}
          </button>
        )
      )}
      <Lineage origin={project.origin ?? null} platform={platform} />
      {published && (
        <Fact label={trans.__("Public project")}>
          {trans.__("%1, forked %2 times", published.name, String(published.fork_count))}
        </Fact>
      )}
      <Links project={project} platform={platform} />
    </div>
  );
}

function OthersProject({
  platform,
  project,
}: Props & { project: PublicProject }): React.ReactElement {
  const { trans } = platform;
  return (
    <div className="opsforge-Details">
      <Title project={project} href={`/projects/public/${project.id}`} platform={platform} />
      <Fact label={trans.__("Shared by")}>{project.owner}</Fact>
      <Notice kind="empty">
        {trans.__("A public project can only be read here. Fork it on its page to work on it.")}
      </Notice>
      <Lineage origin={project.origin ?? null} platform={platform} />
      <Links project={project} platform={platform} />
    </div>
  );
}

function SyncState({ platform, store, project }: Props & { project: Project }): React.ReactElement {
  const { trans } = platform;
  const said = {
    unpublished: trans.__("No: only you see it."),
    current: trans.__("Yes, and the public copy is up to date."),
    behind: trans.__("Yes, but you have changed files since: the public copy has fallen behind."),
    moved: trans.__("Yes: its files are the public ones."),
  };
  const sync = project.public_id === null ? "unpublished" : store.sync;
  return (
    <span className={`opsforge-Sync opsforge-mod-${sync ?? "unknown"}`} role="status">
      {sync ? said[sync] : trans.__("Yes; whether the public copy is up to date is not known yet.")}
    </span>
  );
}

interface TitleProps {
  project: { name: string; description: string };
  href: string;
  platform: IPlatform;
}

function Title({ project, href, platform }: TitleProps): React.ReactElement {
  return (
    <>
      <h3 className="opsforge-Details-name">{project.name}</h3>
      {project.description && <p className="opsforge-Details-text">{project.description}</p>}
      <a
        className="opsforge-Details-link"
        // The platform's own origin, where services have others.
        href={PageConfig.getOption("hubHost") + href}
        target="_blank"
        rel="noreferrer"
      >
        {platform.trans.__("Open its page in OpsForge")}
      </a>
    </>
  );
}

interface LineageProps {
  origin: Origin | null;
  platform: IPlatform;
}

/** Where a fork comes from, and whether that has changed since. */
function Lineage({ origin, platform }: LineageProps): React.ReactElement | null {
  const { trans } = platform;
  if (!origin) {
    return null;
  }
  const state = origin.has_moved_on
    ? trans.__("The original has changed since.")
    : trans.__("The original is as it was.");
  return (
    <Fact label={trans.__("Forked from")}>
      {trans.__("%1 by %2.", origin.name, origin.owner)}{" "}
      {origin.id === null ? trans.__("The original was deleted.") : state}
    </Fact>
  );
}

interface LinksProps {
  project: { datasets: Project["datasets"] };
  platform: IPlatform;
}

function Links({ project, platform }: LinksProps): React.ReactElement | null {
  if (project.datasets.length === 0) {
    return null;
  }
  return (
    <Fact label={platform.trans.__("Data sets")}>
      {project.datasets.map((one) => one.name).join(", ")}
    </Fact>
  );
}

function Fact(props: { label: string; children: React.ReactNode }): React.ReactElement {
  return (
    <dl className="opsforge-Fact">
      <dt>{props.label}</dt>
      <dd>{props.children}</dd>
    </dl>
  );
}
