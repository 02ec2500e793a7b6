import { useTranslation } from "react-i18next";
import { placeAll } from "./placing";
import { useSnippetTree } from "./queries";

/** Says in which folder something new will stand. */
export function FolderName({ id }: { id: number | null }) {
  const { t } = useTranslation();
  const tree = useSnippetTree();
  if (id === null || !tree.data) return t("snippets.inFolder", { folder: t("snippets.top") });
  const place = placeAll(tree.data.nodes).get(id);
  const path = place ? [...place.path, place.node.title] : [t("snippets.top")];
  return t("snippets.inFolder", { folder: path.join(" / ") });
}
