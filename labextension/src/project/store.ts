import type { Contents } from "@jupyterlab/services";
import { Signal, type ISignal } from "@lumino/signaling";

import { Questions } from "../kit/questions";
import type { PlatformClient } from "../platform/client";
import type { CurrentProject } from "../platform/currentProject";
import type { Project, PublicProject } from "../platform/model";
import { latest, syncOf, type Sync } from "./sync";

const MOST_FOLDERS = 30;

/** The project in front, its public copy, and how the two stand to each other. */
export class ProjectStore {
  private readonly _changed = new Signal<this, void>(this);
  private readonly questions = new Questions();
  published: PublicProject | null = null;
  sync: Sync | null = null;
  /** Whether the project is being shared or published. */
  isBusy = false;

  constructor(
    private readonly client: PlatformClient,
    private readonly contents: Contents.IManager,
    private readonly current: CurrentProject,
  ) {}

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /**
   * Ask for the public copy, and look when the files were written; of two answers the later
   * question's counts.
   */
  async look(): Promise<void> {
    const isLatest = this.questions.ask();
    const project = this.current.own;
    this.published = null;
    this.sync = null;
    let published: PublicProject | null = null;
    let sync: Sync | null = null;
    if (project) {
      try {
        if (project.public_id !== null) {
          published = await this.client.get<PublicProject>(`public/projects/${project.public_id}`);
        }
        const newest = published ? await this.newestFile(project.path) : null;
        sync = syncOf(project, published, newest);
      } catch {
        // Shown as not known; the panel has a button to look again.
      }
    }
    if (isLatest() && this.current.own === project) {
      this.published = published;
      this.sync = sync;
      this._changed.emit();
    }
  }

  share(project: Project, name: string, before: () => Promise<void>): Promise<void> {
    const body = { name: name.trim() || null };
    return this.change(before, () =>
      this.client.post<Project>(`projects/${project.id}/share`, body),
    );
  }

  publish(project: Project, before: () => Promise<void>): Promise<void> {
    return this.change(before, () =>
      this.client.patch<Project>(`projects/${project.id}`, { share_flag: 1 }),
    );
  }

  private async change(before: () => Promise<void>, ask: () => Promise<Project>): Promise<void> {
    this.setBusy(true);
    try {
      await before();
      this.current.show({ kind: "own", project: await ask() });
    } finally {
      this.setBusy(false);
    }
    await this.look();
  }

  private setBusy(isBusy: boolean): void {
    this.isBusy = isBusy;
    this._changed.emit();
  }

  /** When a file of the project was last written; folders are looked into, up to a number. */
  private async newestFile(top: string): Promise<string | null> {
    const moments: string[] = [];
    const waiting = [top];
    for (let seen = 0; waiting.length > 0 && seen < MOST_FOLDERS; seen += 1) {
      const model = await this.contents.get(waiting.shift() ?? top, { content: true });
      for (const one of model.content as Contents.IModel[]) {
        if (one.type === "directory") {
          waiting.push(one.path);
        } else {
          moments.push(one.last_modified);
        }
      }
    }
    return latest(moments);
  }
}
