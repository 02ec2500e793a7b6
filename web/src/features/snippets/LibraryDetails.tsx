import { useTranslation } from "react-i18next";
import type { LibraryGroup, LibrarySnippet } from "@/api/types";
import { useLanguage } from "@/i18n";
import { Code } from "@/kit/code/Code";
import { CopyButton } from "@/kit/CopyButton";
import { NotFound } from "@/kit/NotFound";
import { QueryView } from "@/kit/QueryView";
import { Section } from "@/kit/Section";
import { CopyLibraryButton } from "./CopyLibraryButton";
import { descriptionOf, labelOf } from "./library";
import { Tags } from "./Tags";
import { useSnippetLibrary } from "./queries";
import styles from "./snippets.module.css";

interface Props {
  name: string;
  onTag: (tag: string) => void;
}

/** A snippet of the library. */
export function LibraryDetails({ name, onTag }: Props) {
  const library = useSnippetLibrary();
  return (
    <QueryView query={library}>
      {(groups) => {
        for (const group of groups) {
          const snippet = group.snippets.find((one) => one.name === name);
          if (snippet) return <Details group={group} snippet={snippet} onTag={onTag} />;
        }
        return <NotFound />;
      }}
    </QueryView>
  );
}

interface DetailsProps {
  group: LibraryGroup;
  snippet: LibrarySnippet;
  onTag: (tag: string) => void;
}

function Details({ group, snippet, onTag }: DetailsProps) {
  const { t } = useTranslation();
  const language = useLanguage();
  const title = labelOf(snippet, language);
  return (
    <Section
      title={title}
      extra={
        <div className={styles.actions}>
          <CopyButton text={snippet.code} label={t("snippets.actions.copyCode")} />
          <CopyLibraryButton groups={[{ ...group, snippets: [snippet] }]} />
        </div>
      }
      hint={descriptionOf(snippet, language)}
    >
      {snippet.requires.length > 0 ? (
        <p className={styles.meta}>
          {t("snippets.library.requires")} <code>{snippet.requires.join(" ")}</code>
        </p>
      ) : null}
      <Code label={title} value={snippet.code} language={snippet.language} />
      <Tags tags={snippet.tags} onTag={onTag} />
    </Section>
  );
}
