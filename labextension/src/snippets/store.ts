import { Signal, type ISignal } from "@lumino/signaling";

import { Questions } from "../kit/questions";
import type { PlatformClient } from "../platform/client";
import type {
  FoundSnippet,
  LibraryGroup,
  Page,
  Snippet,
  SnippetNode,
  SnippetTree,
} from "../platform/model";

const FOUND_MOST = 100;

/** A snippet's content on its way to or from a form. */
export interface SnippetDraft {
  title: string;
  description: string;
  language: string;
  tags: string[];
  code: string;
}

/** A folder or a snippet of the user's, from the tree or from a search. */
export type OwnNode = SnippetNode | FoundSnippet;

/** The user's snippets and the library, as the platform has them. */
export class SnippetStore {
  private readonly _changed = new Signal<this, void>(this);
  private readonly questions = new Questions();
  tree: SnippetTree | null = null;
  library: LibraryGroup[] = [];
  error: string | null = null;

  constructor(private readonly client: PlatformClient) {}

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Ask for both again; of two answers the later question's counts. */
  async refresh(): Promise<void> {
    const isLatest = this.questions.ask();
    try {
      const [tree, library] = await Promise.all([
        this.client.get<SnippetTree>("snippets/tree"),
        this.library.length ? this.library : this.client.get<LibraryGroup[]>("snippets/library"),
      ]);
      if (!isLatest()) {
        return;
      }
      this.tree = tree;
      this.library = library;
      this.error = null;
    } catch (error) {
      if (!isLatest()) {
        return;
      }
      this.error = error instanceof Error ? error.message : String(error);
    }
    this._changed.emit();
  }

  get(id: number): Promise<Snippet> {
    return this.client.get<Snippet>(`snippets/${id}`);
  }

  async search(query: string): Promise<FoundSnippet[]> {
    const page = await this.client.get<Page<FoundSnippet>>("snippets/search", {
      query,
      limit: FOUND_MOST,
    });
    return page.items.filter((one) => one.kind === "snippet");
  }

  async create(draft: SnippetDraft, parentId: number | null): Promise<void> {
    await this.client.post<Snippet>("snippets", { ...draft, parent_id: parentId });
    await this.refresh();
  }

  async createFolder(title: string, parentId: number | null): Promise<void> {
    await this.client.post<Snippet>("snippets/folders", { title, parent_id: parentId });
    await this.refresh();
  }

  async update(id: number, version: number, draft: SnippetDraft): Promise<void> {
    await this.client.patch<Snippet>(`snippets/${id}`, { ...draft, version });
    await this.refresh();
  }

  /** Move a node with all below it into a folder, or to the top. */
  async move({ id, version }: OwnNode, parentId: number | null): Promise<void> {
    await this.client.post<Snippet>(`snippets/${id}/move`, { version, parent_id: parentId });
    await this.refresh();
  }

  /** Delete a node with all below it. */
  async remove({ id, kind }: OwnNode): Promise<void> {
    await this.client.delete(kind === "folder" ? `snippets/folders/${id}` : `snippets/${id}`);
    await this.refresh();
  }
}
