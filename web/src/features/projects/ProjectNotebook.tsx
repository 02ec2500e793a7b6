// Requirements: D4, D5
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { asProblem } from "@/api/problems";
import { renderNotebook } from "@/api/projectFiles";
import { useThemeMode } from "@/app/themeMode";
import { useLanguage } from "@/i18n";
import { EmptyState } from "@/kit/EmptyState";
import { FileIcon } from "@/kit/icons";
import { QueryView } from "@/kit/QueryView";
import type { Target } from "./target";
import styles from "./projects.module.css";

interface Props {
  target: Target;
  /** Another notebook than the project's own. */
  path?: string;
}

/**
 * A notebook as it was saved last; no service is needed for it.
 *
 * The frame has no origin and runs nothing, whatever the notebook holds.
 */
export function ProjectNotebook({ target: { kind, id, name }, path }: Props) {
  const { t } = useTranslation();
  const language = useLanguage();
  const theme = useThemeMode().isDark ? "dark" : "light";
  const notebook = useQuery({
    queryKey: ["projects", kind, id, "rendered", path, theme, language],
    queryFn: () => renderNotebook({ kind, id }, { path, theme, language }),
    // Long texts: they are asked for again rather than kept.
    gcTime: 60_000,
  });
  if (notebook.isError && asProblem(notebook.error).status === 404) {
    return (
      <EmptyState
        icon={<FileIcon />}
        title={t("projects.notebook.none")}
        hint={t("projects.notebook.noneHint")}
      />
    );
  }
  return (
    // As high as the frame from the beginning, so that nothing below jumps when it comes.
    <div className={styles.notebookPlace}>
      <QueryView query={notebook}>
        {(html) => (
          <iframe
            className={styles.notebook}
            title={t("projects.notebook.title", { name: path ?? name })}
            sandbox="allow-popups allow-popups-to-escape-sandbox"
            srcDoc={html}
          />
        )}
      </QueryView>
    </div>
  );
}
