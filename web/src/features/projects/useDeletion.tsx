// Requirements: D8, D9
import { useTranslation } from "react-i18next";
import { deletePublicProjects } from "@/api/publicProjects";
import { deleteProjects } from "@/api/projects";
import { notify, wantPresenter } from "@/kit/notices";
import { useConfirm } from "@/kit/useConfirm";
import { sortDeletions, type SortedDeletions } from "./deletions";
import { useProjectsChanged } from "./queries";
import styles from "./projects.module.css";

interface Named {
  id: number;
  name: string;
}

interface Question {
  projects: readonly Named[];
  /** What the owner loses, beyond what always goes. */
  warning: string;
  /** Called with what is gone, before anything asks for it again. */
  onDone?: (deletedIds: number[]) => Promise<void> | void;
}

/** Ask, delete, and say what became of each: of projects of one's own, or of public ones. */
export function useDeletion(kind: "own" | "public"): (question: Question) => void {
  const { t } = useTranslation();
  const confirm = useConfirm();
  const changed = useProjectsChanged();
  const remove = kind === "own" ? deleteProjects : deletePublicProjects;
  return ({ projects, warning, onDone }) => {
    const count = projects.length;
    const name = projects[0]?.name ?? "";
    const run = async () => {
      const items = await remove(projects.map(({ id }) => id));
      tell(sortDeletions(items, new Map(projects.map((one) => [one.id, one.name]))));
      await onDone?.(items.filter((item) => item.is_deleted).map(({ id }) => id));
      await changed();
    };
    const tell = (sorted: SortedDeletions) => {
      const { deleted, refused, inUse } = sorted;
      if (refused.length > 0 || inUse.length > 0) {
        void wantPresenter().then(({ modal }) => {
          modal[refused.length > 0 ? "warning" : "info"]({
            title: t("projects.deletion.result", { count: deleted.length }),
            content: <Deletions sorted={sorted} />,
            okText: t("common.actions.close"),
            width: 520,
          });
        });
        return;
      }
      notify.success(
        count === 1
          ? t(`projects.deletion.done.${kind}`, { name })
          : t("projects.deletion.result", { count: deleted.length }),
      );
    };
    confirm({
      title:
        count === 1
          ? t(`projects.deletion.question.${kind}`, { name })
          : t("projects.deletion.questionMany", { count }),
      content: warning,
      action: t(`projects.deletion.action.${kind}`),
      onConfirm: run,
    });
  };
}

function Deletions({ sorted: { refused, inUse } }: { sorted: SortedDeletions }) {
  const { t } = useTranslation();
  return (
    <div className={styles.deletions}>
      {refused.length > 0 ? (
        <>
          <p>{t("projects.deletion.refused")}</p>
          <ul>
            {refused.map(({ name, reason }) => (
              <li key={name}>
                <strong>{name}</strong> {reason}
              </li>
            ))}
          </ul>
        </>
      ) : null}
      {inUse.length > 0 ? (
        <>
          <p>{t("projects.deletion.inUse")}</p>
          <ul>
            {inUse.map((path) => (
              <li key={path}>
                <code>{path}</code>
              </li>
            ))}
          </ul>
          <p>{t("projects.deletion.inUseHint")}</p>
        </>
      ) : null}
    </div>
  );
}
