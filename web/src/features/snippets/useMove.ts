// Requirements: F5
import { useTranslation } from "react-i18next";
import { moveSnippet } from "@/api/snippets";
import { asProblem } from "@/api/problems";
import { notify } from "@/kit/notices";
import { placeOfStep, type Place, type Placed } from "./placing";
import { useSnippetsChanged } from "./queries";

/** Moves nodes of one's own tree; a refusal is shown, and the tree is as the server has it. */
export function useMove(places: Map<number, Placed>) {
  const { t } = useTranslation();
  const changed = useSnippetsChanged();
  const send = async (id: number, place: Place) => {
    const node = places.get(id)?.node;
    if (!node) return;
    try {
      const moved = await moveSnippet(id, { version: node.version, ...place });
      const folder = moved.path.at(-1)?.title ?? t("snippets.top");
      notify.success(t("snippets.moved", { name: moved.title, folder }));
      await changed(moved);
    } catch (thrown) {
      notify.error(asProblem(thrown).message);
      await changed();
    }
  };
  const to = (id: number, place: Place | null) => {
    if (place !== null) void send(id, place);
  };
  return {
    to,
    step: (id: number, direction: "up" | "down") => {
      to(id, placeOfStep(places, id, direction));
    },
  };
}
