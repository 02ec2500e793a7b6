// Requirements: C2
import { Tag } from "antd";
import { useTranslation } from "react-i18next";
import { flavourLabel } from "@/features/notebooks/flavours";
import { useFlavours } from "@/features/notebooks/service";
import { useLanguage } from "@/i18n";
import { QueryView } from "@/kit/QueryView";
import { Section } from "@/kit/Section";
import { useFormat } from "@/kit/format";
import styles from "./admin.module.css";

const columns = ["flavour", "cores", "memory", "gpus", "freeNow"] as const;

/** The sizes of the settings, and what running services leave of them. */
export function FlavourTable() {
  const { t } = useTranslation();
  const format = useFormat();
  const language = useLanguage();
  const flavours = useFlavours();
  return (
    <Section title={t("admin.services.flavours")} hint={t("admin.services.flavoursHint")}>
      <QueryView query={flavours}>
        {(known) => (
          <div className={styles.scroll}>
            <table className={styles.table}>
              <thead>
                <tr>
                  {columns.map((column) => (
                    <th key={column} scope="col">
                      {t(`admin.services.${column}`)}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {known.map((flavour) => (
                  <tr key={flavour.name}>
                    <th scope="row">
                      {flavourLabel(flavour, language)}{" "}
                      {flavour.is_default ? <Tag>{t("admin.services.isDefault")}</Tag> : null}
                    </th>
                    <td className={styles.figure}>{format.number(flavour.cpu)}</td>
                    <td className={styles.figure}>{format.bytes(flavour.memory_bytes)}</td>
                    <td className={styles.figure}>
                      {flavour.gpu_count
                        ? `${format.number(flavour.gpu_count)} ${flavour.gpu_kind}`
                        : "–"}
                    </td>
                    <td className={styles.figure}>{format.number(flavour.free)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </QueryView>
    </Section>
  );
}
