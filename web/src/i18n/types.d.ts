import "i18next";
import type { pageCatalogues } from ".";
import type { catalogue } from "./en";

type Pages = typeof pageCatalogues;
type TextsOfPages = {
  [Name in keyof Pages]: Awaited<ReturnType<Pages[Name]["en"]>>[Name & string];
};

declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "translation";
    resources: { translation: typeof catalogue & TextsOfPages };
  }
}
