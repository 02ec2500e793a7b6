import { useSearchParams } from "react-router";

/** What the page shows beside the lists; the address says it, so that it can be bookmarked. */
export type Selection =
  | { kind: "none" }
  | { kind: "node"; id: number }
  | { kind: "library"; name: string }
  | { kind: "new"; what: "folder" | "snippet"; parentId: number | null };

const none: Selection = { kind: "none" };

function idOf(raw: string | null): number | null {
  return raw !== null && /^[1-9]\d{0,17}$/.test(raw) ? Number(raw) : null;
}

export function readSelection(params: URLSearchParams): Selection {
  const id = idOf(params.get("id"));
  if (id !== null) return { kind: "node", id };
  const name = params.get("library");
  if (name !== null) return { kind: "library", name };
  const what = params.get("new");
  if (what !== "folder" && what !== "snippet") return none;
  return { kind: "new", what, parentId: idOf(params.get("in")) };
}

export function writeSelection(selection: Selection): Record<string, string> {
  switch (selection.kind) {
    case "none":
      return {};
    case "node":
      return { id: String(selection.id) };
    case "library":
      return { library: selection.name };
    case "new":
      return {
        new: selection.what,
        ...(selection.parentId === null ? {} : { in: String(selection.parentId) }),
      };
  }
}

/** What is selected, and a way to select something else. */
export function useSelection(): [
  Selection,
  (selection: Selection, options?: { replace: boolean }) => void,
] {
  const [params, setParams] = useSearchParams();
  return [
    readSelection(params),
    (selection, options) => {
      setParams(writeSelection(selection), options);
    },
  ];
}
