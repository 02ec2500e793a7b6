// Requirements: F1
import { Button } from "antd";
import { useTranslation } from "react-i18next";
import { importSnippets } from "@/api/snippets";
import { asProblem } from "@/api/problems";
import type { LibraryGroup } from "@/api/types";
import { useLanguage } from "@/i18n";
import { notify } from "@/kit/notices";
import { useAction } from "@/kit/useAction";
import { libraryFile } from "./library";
import { useSnippetsChanged } from "./queries";

interface Props {
  groups: readonly LibraryGroup[];
  isWhole?: boolean;
}

/** Copies of the library's snippets among one's own, in a folder for each group. */
export function CopyLibraryButton({ groups, isWhole = false }: Props) {
  const { t } = useTranslation();
  const language = useLanguage();
  const changed = useSnippetsChanged();
  const copy = useAction(async () => {
    try {
      const file = libraryFile(groups, language);
      const { snippet_count: count } = await importSnippets([file], null);
      notify.success(t("snippets.library.copied", { count }));
      await changed();
    } catch (thrown) {
      notify.error(asProblem(thrown).message);
    }
  });
  const count = groups.reduce((sum, { snippets }) => sum + snippets.length, 0);
  return (
    <Button type="primary" loading={copy.isRunning} onClick={() => void copy.run()}>
      {isWhole ? t("snippets.library.copyAll", { count }) : t("snippets.library.copy")}
    </Button>
  );
}
