import { Signal, type ISignal } from "@lumino/signaling";

import { Questions } from "../kit/questions";
import type { PlatformClient } from "./client";
import type { Page, Project, PublicProject } from "./model";
import { placeOf, type ProjectPlace } from "./places";

const PAGE = 100;
const MOST_PAGES = 20;

export type Found =
  | { kind: "none" }
  | { kind: "loading" }
  | { kind: "own"; project: Project }
  | { kind: "public"; project: PublicProject }
  | { kind: "failed"; message: string };

/** The project that the document in front belongs to. */
export class CurrentProject {
  private readonly _changed = new Signal<this, Found>(this);
  private place: ProjectPlace | null = null;
  private readonly questions = new Questions();
  found: Found = { kind: "none" };

  constructor(private readonly client: PlatformClient) {}

  /** Something else is shown of it, or another one. */
  get changed(): ISignal<this, Found> {
    return this._changed;
  }

  /** The project of one's own that is in front; null if there is none. */
  get own(): Project | null {
    return this.found.kind === "own" ? this.found.project : null;
  }

  /** A document or a folder has come to the front. */
  follow(path: string): void {
    const place = placeOf(path);
    if (place?.path === this.place?.path) {
      return;
    }
    this.place = place;
    this.show(place ? { kind: "loading" } : { kind: "none" });
    void this.refresh();
  }

  /** Ask the platform again. */
  async refresh(): Promise<void> {
    const place = this.place;
    const isLatest = this.questions.ask();
    if (!place) {
      return;
    }
    let found: Found;
    try {
      found = place.isPublic ? await this.findPublic(place) : await this.findOwn(place);
    } catch (error) {
      found = { kind: "failed", message: error instanceof Error ? error.message : String(error) };
    }
    if (isLatest()) {
      this.show(found);
    }
  }

  /** The platform has answered with the project as it is now. */
  show(found: Found): void {
    this.found = found;
    this._changed.emit(found);
  }

  private async findOwn(place: ProjectPlace): Promise<Found> {
    const project = await this.find<Project>("projects", place);
    return project ? { kind: "own", project } : { kind: "none" };
  }

  private async findPublic(place: ProjectPlace): Promise<Found> {
    const project = await this.find<PublicProject>("public/projects", place);
    return project ? { kind: "public", project } : { kind: "none" };
  }

  private async find<T extends { path: string }>(
    list: string,
    place: ProjectPlace,
  ): Promise<T | undefined> {
    let cursor: string | undefined;
    for (let page = 0; page < MOST_PAGES; page += 1) {
      const query = { query: place.name, limit: PAGE, cursor };
      const answer = await this.client.get<Page<T>>(list, query);
      const project = answer.items.find((one) => one.path === place.path);
      if (project ?? !answer.next_cursor) {
        return project;
      }
      cursor = answer.next_cursor;
    }
    return undefined;
  }
}
