// Requirements: D4, D5
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { fileAddress, readFileStart } from "@/api/projectFiles";
import { DownloadIcon } from "@/kit/pageIcons";
import { QueryView } from "@/kit/QueryView";
import { ProjectNotebook } from "./ProjectNotebook";
import { lookOf, type FolderNode } from "./folderTree";
import type { Target } from "./target";
import styles from "./projects.module.css";

const shownBytes = 64 * 1024;

interface Props {
  target: Target;
  node: FolderNode;
}

/** A look at a file of a project, and the way to save it. */
export function FilePanel({ target, node }: Props) {
  const { t } = useTranslation();
  return (
    <figure className={styles.preview}>
      <figcaption>
        <strong>{node.key}</strong>
        <a href={fileAddress(target, node.key, "save")} download={node.name}>
          <DownloadIcon /> {t("projects.files.save")}
        </a>
      </figcaption>
      <FileLook target={target} node={node} />
    </figure>
  );
}

function FileLook({ target, node }: Props) {
  const { t } = useTranslation();
  switch (lookOf(node.key)) {
    case "picture":
      return (
        <img
          className={styles.picture}
          src={fileAddress(target, node.key, "show")}
          alt={t("projects.files.pictureOf", { name: node.name })}
        />
      );
    case "notebook":
      return <ProjectNotebook target={target} path={node.key} />;
    case "text":
      return <TextStart target={target} node={node} />;
    case "none":
      return <p className={styles.noLook}>{t("projects.files.noLook")}</p>;
  }
}

function TextStart({ target: { kind, id }, node }: Props) {
  const { t } = useTranslation();
  const start = useQuery({
    queryKey: ["projects", kind, id, "text", node.key],
    queryFn: () => readFileStart({ kind, id }, node.key, shownBytes),
  });
  return (
    <QueryView query={start}>
      {(text) => (
        <>
          {/* A long text is scrolled by keys as well. */}
          {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
          <pre className={styles.text} tabIndex={0}>
            {text || t("projects.page.emptyFile")}
          </pre>
          {(node.sizeBytes ?? 0) > shownBytes ? (
            <p className={styles.noLook}>{t("projects.files.cut")}</p>
          ) : null}
        </>
      )}
    </QueryView>
  );
}
