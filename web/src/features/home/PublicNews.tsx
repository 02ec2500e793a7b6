import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { GalleryCard } from "@/features/projects/GalleryCard";
import cards from "@/features/projects/gallery.module.css";
import { useNewPublicProjects } from "@/features/projects/queries";
import { Section } from "@/kit/Section";

const shown = 4;

/** What others have shared lately; nothing, as long as there is nothing. */
export function PublicNews() {
  const { t } = useTranslation();
  const { data } = useNewPublicProjects({ limit: shown });
  if (!data?.items.length) return null;
  return (
    <Section
      title={t("home.news.title")}
      extra={<Link to="/projects/public">{t("home.news.all")}</Link>}
    >
      <ul className={cards.few}>
        {data.items.map((project) => (
          <GalleryCard key={project.id} project={project} />
        ))}
      </ul>
    </Section>
  );
}
