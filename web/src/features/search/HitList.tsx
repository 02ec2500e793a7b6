import { useTranslation } from "react-i18next";
import type { Hit, Kind } from "./results";
import styles from "./search.module.css";

interface Props {
  id: string;
  label: string;
  groups: readonly (readonly [Kind, readonly Hit[]])[];
  currentKey: string | undefined;
  onOpen: (to: string) => void;
}

/** What was found, in groups; the keyboard stays in the field above and says which is chosen. */
export function HitList({ id, label, groups, currentKey, onOpen }: Props) {
  const { t } = useTranslation();
  return (
    <div id={id} role="listbox" aria-label={label}>
      {groups.map(([kind, hits]) => (
        <div key={kind} role="group" aria-labelledby={`${id}-${kind}`}>
          <div id={`${id}-${kind}`} className={styles.kind} role="presentation">
            {t(`search.kinds.${kind}`)}
          </div>
          {hits.map(({ key, to, name, hint }) => (
            // eslint-disable-next-line jsx-a11y/click-events-have-key-events -- Enter in the field.
            <div
              key={key}
              id={`${id}-${key}`}
              role="option"
              tabIndex={-1}
              aria-selected={key === currentKey}
              className={styles.hit}
              onClick={() => {
                onOpen(to);
              }}
              ref={(element) => {
                if (key === currentKey) element?.scrollIntoView({ block: "nearest" });
              }}
            >
              <span className={styles.name}>{name}</span>
              {hint ? <span className={styles.hint}>{hint}</span> : null}
            </div>
          ))}
        </div>
      ))}
    </div>
  );
}
