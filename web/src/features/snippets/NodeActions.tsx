// Requirements: F3, F4, F5
import { Button, Dropdown } from "antd";
import { lazy, Suspense, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { deleteSnippet, deleteSnippetFolder, snippetExportAddress } from "@/api/snippets";
import type { SnippetNode } from "@/api/types";
import { MoreIcon } from "@/kit/icons";
import { notify } from "@/kit/notices";
import { useConfirm } from "@/kit/useConfirm";
import { countWith, placeAll, placeOfStep } from "./placing";
import { useSnippetsChanged, useSnippetTree } from "./queries";
import { useSelection } from "./selection";
import { useMove } from "./useMove";

const MoveDialog = lazy(async () => ({ default: (await import("./MoveDialog")).MoveDialog }));

/** What can be done with a node of one's own tree, also without a mouse. */
export function NodeActions({ node }: { node: SnippetNode }) {
  const { t } = useTranslation();
  const tree = useSnippetTree();
  const places = useMemo(() => placeAll(tree.data?.nodes ?? []), [tree.data]);
  const move = useMove(places);
  const remove = useRemoval(node, places);
  const [isMoving, setMoving] = useState(false);
  const step = (direction: "up" | "down") => ({
    key: direction,
    label: t(`snippets.actions.${direction}`),
    disabled: placeOfStep(places, node.id, direction) === null,
    onClick: () => {
      move.step(node.id, direction);
    },
  });
  const download = (format: "elyra" | "notebook", label: string) => ({
    key: format,
    label: <a href={snippetExportAddress(node.id, format)}>{label}</a>,
  });
  const items = [
    {
      key: "move",
      label: t("snippets.actions.move"),
      onClick: () => {
        setMoving(true);
      },
    },
    step("up"),
    step("down"),
    { type: "divider" as const },
    download("elyra", t("snippets.actions.exportElyra")),
    download("notebook", t("snippets.actions.exportNotebook")),
    { type: "divider" as const },
    { key: "delete", danger: true, label: t("snippets.actions.delete"), onClick: remove },
  ];
  return (
    <>
      <Dropdown menu={{ items }} trigger={["click"]} placement="bottomRight">
        <Button
          type="text"
          icon={<MoreIcon />}
          aria-label={t("snippets.actions.for", { name: node.title })}
        />
      </Dropdown>
      {isMoving ? (
        <Suspense>
          <MoveDialog
            node={node}
            places={places}
            onClose={() => {
              setMoving(false);
            }}
          />
        </Suspense>
      ) : null}
    </>
  );
}

/** Asks, says how much goes with it, and deletes. */
function useRemoval(node: SnippetNode, places: ReturnType<typeof placeAll>): () => void {
  const { t } = useTranslation();
  const confirm = useConfirm();
  const changed = useSnippetsChanged();
  const [, select] = useSelection();
  const isFolder = node.kind === "folder";
  const remove = async () => {
    const gone = await (isFolder ? deleteSnippetFolder(node.id) : deleteSnippet(node.id));
    notify.success(t("snippets.deleted", { count: gone.folder_count + gone.snippet_count }));
    select({ kind: "none" }, { replace: true });
    await changed();
  };
  return () => {
    const place = places.get(node.id);
    const counts = place ? countWith(place.node) : { folders: 1, snippets: 0 };
    const content = isFolder
      ? t("snippets.delete.folder", {
          folders: t("snippets.counts.folders", { count: counts.folders - 1 }),
          snippets: t("snippets.counts.snippets", { count: counts.snippets }),
        })
      : t("snippets.delete.snippet");
    confirm({
      title: t("snippets.delete.question", { name: node.title }),
      content,
      action: t("snippets.actions.delete"),
      onConfirm: remove,
    });
  };
}
