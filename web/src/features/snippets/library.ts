import type { LibraryGroup, LibrarySnippet } from "@/api/types";
import type { Language } from "@/i18n/languages";

export function labelOf(
  item: Pick<LibraryGroup, "label_en" | "label_zh">,
  language: Language,
): string {
  return language === "en" ? item.label_en : item.label_zh;
}

export function descriptionOf(snippet: LibrarySnippet, language: Language): string {
  return language === "en" ? snippet.description_en : snippet.description_zh;
}

/** Snippets of the library as a file to import, in a folder for each group. */
export function libraryFile(groups: readonly LibraryGroup[], language: Language): File {
  const items = groups.flatMap((group) =>
    group.snippets.map((snippet) => ({
      schema_name: "code-snippet",
      display_name: labelOf(snippet, language),
      metadata: {
        description: descriptionOf(snippet, language),
        language: snippet.language,
        tags: snippet.tags,
        code: snippet.code.split("\n"),
        opsforge_folder: [labelOf(group, language)],
      },
    })),
  );
  return new File([JSON.stringify(items)], "library.json", { type: "application/json" });
}
