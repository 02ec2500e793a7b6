// Requirements: F1, F2
import { Button, Dropdown } from "antd";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { importSnippets, snippetExportAddress } from "@/api/snippets";
import { asProblem } from "@/api/problems";
import { MoreIcon, PlusIcon } from "@/kit/icons";
import { notify } from "@/kit/notices";
import { useFolderForNew } from "./useFolderForNew";
import { useSnippetsChanged } from "./queries";
import { useSelection } from "./selection";
import styles from "./snippets.module.css";

/** New things, and files in and out. */
export function PageActions() {
  const { t } = useTranslation();
  const [, select] = useSelection();
  const parentId = useFolderForNew();
  const files = useRef<HTMLInputElement>(null);
  const { isRunning, load } = useImport(parentId);
  const create = (what: "folder" | "snippet") => {
    select({ kind: "new", what, parentId });
  };
  const items = [
    {
      key: "import",
      label: t("snippets.actions.import"),
      onClick: () => files.current?.click(),
    },
    {
      key: "elyra",
      label: <a href={snippetExportAddress(null, "elyra")}>{t("snippets.actions.exportElyra")}</a>,
    },
    {
      key: "notebook",
      label: (
        <a href={snippetExportAddress(null, "notebook")}>{t("snippets.actions.exportNotebook")}</a>
      ),
    },
  ];
  return (
    <>
      <Button
        type="primary"
        icon={<PlusIcon />}
        onClick={() => {
          create("snippet");
        }}
      >
        {t("snippets.actions.newSnippet")}
      </Button>
      <Button
        onClick={() => {
          create("folder");
        }}
      >
        {t("snippets.actions.newFolder")}
      </Button>
      <Dropdown menu={{ items }} trigger={["click"]} placement="bottomRight">
        <Button icon={<MoreIcon />} loading={isRunning} aria-label={t("snippets.actions.files")} />
      </Dropdown>
      <input
        ref={files}
        type="file"
        multiple
        hidden
        className={styles.fileInput}
        accept=".json,.ipynb,.code-snippet"
        aria-label={t("snippets.actions.import")}
        onChange={(event) => {
          void load([...(event.target.files ?? [])]);
          // The same file can be chosen again after it was corrected.
          event.target.value = "";
        }}
      />
    </>
  );
}

function useImport(parentId: number | null) {
  const { t } = useTranslation();
  const changed = useSnippetsChanged();
  const [isRunning, setRunning] = useState(false);
  const load = async (files: readonly File[]) => {
    if (files.length === 0) return;
    setRunning(true);
    try {
      const { snippet_count: count } = await importSnippets(files, parentId);
      notify.success(t("snippets.imported", { count }));
      await changed();
    } catch (thrown) {
      notify.error(asProblem(thrown).message);
    } finally {
      setRunning(false);
    }
  };
  return { isRunning, load };
}
