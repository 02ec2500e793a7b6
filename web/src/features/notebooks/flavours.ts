import type { Flavour } from "@/api/types";

export function flavourLabel(flavour: Flavour, language: string): string {
  return (language === "en" ? flavour.label_en : flavour.label_zh) || flavour.name;
}
