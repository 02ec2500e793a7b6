import type { Contents } from "@jupyterlab/services";
import { Signal, type ISignal } from "@lumino/signaling";

import { Questions } from "../kit/questions";
import type { PlatformClient } from "../platform/client";
import type { CurrentProject } from "../platform/currentProject";
import type { Dataset, DatasetTree, Page, Project } from "../platform/model";
import { withLink } from "./reads";

const PAGE = 100;

/** One entry of a folder, as the service sees it. */
export interface Entry {
  path: string;
  name: string;
  isFolder: boolean;
  sizeBytes: number | null;
}

/** Data sets, and their folders one at a time, as they lie in the service. */
export class DatasetStore {
  private readonly _changed = new Signal<this, void>(this);
  private readonly folders = new Map<string, Entry[] | "loading" | "failed">();
  private readonly readings = new Map<string, Questions>();
  private readonly questions = new Questions();
  /** Words that the lists are narrowed to. */
  query = "";
  linked: DatasetTree[] = [];
  mine: Dataset[] | null = null;
  shared: Dataset[] | null = null;
  error: string | null = null;

  constructor(
    private readonly client: PlatformClient,
    private readonly contents: Contents.IManager,
    private readonly current: CurrentProject,
  ) {}

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Ask for the lists again, and for the folders that are open. */
  async refresh(): Promise<void> {
    const found = this.current.found;
    const list = found.kind === "public" ? "public/projects" : "projects";
    const id = found.kind === "own" || found.kind === "public" ? found.project.id : null;
    const query = this.query.trim();
    const isLatest = this.questions.ask();
    try {
      const [linked, mine, shared] = await Promise.all([
        id === null ? [] : this.client.get<DatasetTree[]>(`${list}/${id}/datasets`),
        this.client.get<Page<Dataset>>("datasets", { is_public: 0, limit: PAGE, query }),
        this.client.get<Page<Dataset>>("datasets", { is_public: 1, limit: PAGE, query }),
      ]);
      if (!isLatest()) {
        return; // It was asked again meanwhile; that answer comes.
      }
      this.linked = linked;
      this.mine = mine.items;
      this.shared = shared.items;
      this.error = null;
    } catch (error) {
      if (!isLatest()) {
        return;
      }
      this.error = error instanceof Error ? error.message : String(error);
    }
    this._changed.emit();
    await Promise.all([...this.folders.keys()].map((path) => this.read(path)));
  }

  /** A folder's entries; undefined until they are there. */
  entries(path: string): Entry[] | "loading" | "failed" | undefined {
    return this.folders.get(path);
  }

  /** Look into a folder, if nobody has yet. */
  async open(path: string): Promise<void> {
    const known = this.folders.get(path);
    if (known && known !== "failed") {
      return;
    }
    this.folders.set(path, "loading");
    this._changed.emit();
    await this.read(path);
  }

  /** Nobody sees a folder any more. */
  close(path: string): void {
    this.folders.delete(path);
  }

  /** What was read before stays until this is there; of two answers the later question's counts. */
  private async read(path: string): Promise<void> {
    const questions = this.readings.get(path) ?? new Questions();
    this.readings.set(path, questions);
    const isLatest = questions.ask();
    let found: Entry[] | "failed";
    try {
      const model = await this.contents.get(path, { content: true });
      found = (model.content as Contents.IModel[]).map((one) => ({
        path: one.path,
        name: one.name,
        isFolder: one.type === "directory",
        sizeBytes: one.size ?? null,
      }));
      found.sort((a, b) => Number(b.isFolder) - Number(a.isFolder) || a.name.localeCompare(b.name));
    } catch {
      found = "failed";
    }
    if (this.folders.has(path) && isLatest()) {
      this.folders.set(path, found);
      this._changed.emit();
    }
  }

  /** Link a data set to a project of one's own; it is in `input` when this is done. */
  async link(project: Project, datasetId: number): Promise<void> {
    const ids = withLink(project.datasets, datasetId);
    const changed = await this.client.patch<Project>(`projects/${project.id}`, {
      dataset_ids: ids,
    });
    this.current.show({ kind: "own", project: changed });
    await this.refresh();
  }
}
