// Requirements: C2
import { Radio } from "antd";
import { useTranslation } from "react-i18next";
import type { Flavour } from "@/api/types";
import { useLanguage } from "@/i18n";
import { useFormat } from "@/kit/format";
import { flavourLabel } from "./flavours";
import styles from "./notebooks.module.css";

interface Props {
  flavours: readonly Flavour[];
  value: string | undefined;
  onChange: (name: string) => void;
}

/** The sizes to choose from, each with what is free of it. */
export function FlavourChoice({ flavours, value, onChange }: Props) {
  const { t } = useTranslation();
  const language = useLanguage();
  return (
    <Radio.Group
      className={styles.flavours}
      aria-label={t("notebooks.flavour.label")}
      value={value}
      onChange={(event) => {
        onChange(event.target.value as string);
      }}
    >
      {flavours.map((flavour) => (
        <Radio key={flavour.name} value={flavour.name} className={styles.flavour}>
          <span className={styles.flavourName}>{flavourLabel(flavour, language)}</span>
          <FlavourFacts flavour={flavour} />
        </Radio>
      ))}
    </Radio.Group>
  );
}

function FlavourFacts({ flavour }: { flavour: Flavour }) {
  const { t } = useTranslation();
  const format = useFormat();
  const parts = [
    t("notebooks.flavour.cores", { count: flavour.cpu }),
    t("notebooks.flavour.memory", { size: format.bytes(flavour.memory_bytes) }),
  ];
  if (flavour.gpu_count > 0) {
    parts.push(
      flavour.gpu_kind
        ? t("notebooks.flavour.gpu", { count: flavour.gpu_count, kind: flavour.gpu_kind })
        : t("notebooks.flavour.gpuPlain", { count: flavour.gpu_count }),
    );
  }
  return (
    <>
      <span className={styles.flavourFacts}>{parts.join(" · ")}</span>
      <span className={flavour.free > 0 ? styles.free : styles.full}>
        {flavour.free > 0
          ? t("notebooks.flavour.free", { count: flavour.free })
          : t("notebooks.flavour.full")}
      </span>
    </>
  );
}
