import { Button, Checkbox } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Project } from "@/api/types";
import { DeleteIcon } from "@/kit/icons";
import { ProjectRow } from "./ProjectList";
import { useDeletion } from "./useDeletion";
import styles from "./projects.module.css";

// Requirements: D8.
/** Projects with a box each, and what can be done with all that are ticked. */
export function SelectableProjects({ projects }: { projects: readonly Project[] }) {
  const { t } = useTranslation();
  const [ticked, setTicked] = useState<ReadonlySet<number>>(new Set());
  const ask = useDeletion("own");
  // What a filter hides is not deleted with what is seen.
  const chosen = projects.filter(({ id }) => ticked.has(id));
  const tick = (id: number, isOn: boolean) => {
    const next = new Set(ticked);
    if (isOn) next.add(id);
    else next.delete(id);
    setTicked(next);
  };
  const remove = () => {
    ask({
      projects: chosen,
      warning: t("projects.deletion.warning.own"),
      onDone: (deleted) => {
        setTicked(new Set([...ticked].filter((id) => !deleted.includes(id))));
      },
    });
  };
  return (
    <>
      <div className={styles.batch} data-active={chosen.length > 0}>
        <Checkbox
          checked={chosen.length === projects.length}
          indeterminate={chosen.length > 0 && chosen.length < projects.length}
          onChange={({ target }) => {
            setTicked(new Set(target.checked ? projects.map(({ id }) => id) : []));
          }}
        >
          {chosen.length > 0
            ? t("projects.batch.chosen", { count: chosen.length })
            : t("projects.batch.all")}
        </Checkbox>
        {chosen.length > 0 ? (
          <Button danger size="small" icon={<DeleteIcon />} onClick={remove}>
            {t("projects.batch.delete")}
          </Button>
        ) : null}
      </div>
      <ul className={styles.list}>
        {projects.map((project) => (
          <ProjectRow
            key={project.id}
            project={project}
            mark={
              <Checkbox
                className={styles.mark}
                aria-label={t("projects.batch.choose", { name: project.name })}
                checked={ticked.has(project.id)}
                onChange={({ target }) => {
                  tick(project.id, target.checked);
                }}
              />
            }
          />
        ))}
      </ul>
    </>
  );
}
