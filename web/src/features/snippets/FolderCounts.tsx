import { useTranslation } from "react-i18next";
import { countWith, placeAll } from "./placing";
import { useSnippetTree } from "./queries";

/** How much is below a folder. */
export function FolderCounts({ id }: { id: number }) {
  const { t } = useTranslation();
  const tree = useSnippetTree();
  const place = tree.data ? placeAll(tree.data.nodes).get(id) : undefined;
  if (!place) return null;
  const { folders, snippets } = countWith(place.node);
  return (
    <>
      <span>{t("snippets.counts.folders", { count: folders - 1 })}</span>
      <span>{t("snippets.counts.snippets", { count: snippets })}</span>
    </>
  );
}
