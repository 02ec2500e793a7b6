import type { LibraryGroup, SnippetNode } from "../platform/model";

/** A folder that a snippet can be saved in. */
export interface FolderChoice {
  value: string;
  label: string;
}

/** All folders with their paths, the top first; without one, where that shall be moved. */
export function folderChoices(
  nodes: readonly SnippetNode[],
  top: string,
  without?: number,
): FolderChoice[] {
  const found: FolderChoice[] = [{ value: "", label: top }];
  const walk = (some: readonly SnippetNode[], path: string): void => {
    for (const node of some) {
      if (node.kind === "folder" && node.id !== without) {
        const label = path ? `${path} / ${node.title}` : node.title;
        found.push({ value: String(node.id), label });
        walk(node.children, label);
      }
    }
  };
  walk(nodes, "");
  return found;
}

/** How many folders and snippets go when a node goes. */
export function countNodes(node: SnippetNode): number {
  return node.children.reduce((sum, child) => sum + countNodes(child), 1);
}

/** The library's snippets that contain every word, in their groups. */
export function searchLibrary(groups: readonly LibraryGroup[], query: string): LibraryGroup[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  return groups
    .map((group) => ({
      ...group,
      snippets: group.snippets.filter((one) => {
        const text = [
          ...[one.label_en, one.label_zh, one.description_en, one.description_zh],
          ...one.tags,
          one.code,
        ]
          .join("\n")
          .toLowerCase();
        return words.every((word) => text.includes(word));
      }),
    }))
    .filter((group) => group.snippets.length > 0);
}

/** What is known of a search in one's own snippets. */
export interface Answer<Item> {
  /** The words that it answers. */
  words: string;
  items: Item[];
  /** Why there is none. */
  error: string | null;
}

/** What stands below the rows of a search; null: nothing. */
export function searchNotice(
  answer: Answer<unknown>,
  words: string,
  libraryCount: number,
): "busy" | "failed" | "empty" | null {
  if (answer.words !== words) {
    return "busy";
  }
  if (answer.error !== null) {
    return "failed";
  }
  return answer.items.length + libraryCount === 0 ? "empty" : null;
}

/** Words with commas or blanks between them, as a list. */
export function splitTags(text: string): string[] {
  return text
    .split(/[,，;；、]+/)
    .map((tag) => tag.trim())
    .filter(Boolean);
}

/** The first line of a code that says something, as a title for it. */
export function titleOf(code: string): string {
  const lines = code.split("\n").map((line) => line.replace(/^[\s#"'/%]+/, "").trim());
  return (lines.find(Boolean) ?? "").slice(0, 80);
}
