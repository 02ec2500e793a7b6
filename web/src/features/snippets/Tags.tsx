import { useTranslation } from "react-i18next";
import styles from "./snippets.module.css";

interface Props {
  tags: readonly string[];
  onTag: (tag: string) => void;
}

/** Tags, each of which searches for what else has it. */
export function Tags({ tags, onTag }: Props) {
  const { t } = useTranslation();
  if (tags.length === 0) return null;
  return (
    <ul className={styles.tags} aria-label={t("snippets.fields.tags")}>
      {tags.map((tag) => (
        <li key={tag}>
          <button
            type="button"
            title={t("snippets.search.byTag", { tag })}
            onClick={() => {
              onTag(tag);
            }}
          >
            {tag}
          </button>
        </li>
      ))}
    </ul>
  );
}
