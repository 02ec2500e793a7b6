import i18next from "i18next";

export const nameMaxCharacters = 100;

const forbidden = /[/\\:*?"<>|\p{C}]/u;

/** Why a name can't name a folder, in the user's language; null when it can. The server's rules. */
export function nameFault(raw: string): string | null {
  const name = raw.normalize("NFC").trim();
  if (name === "") return i18next.t("common.nameRules.empty");
  const bytes = new TextEncoder().encode(name).length;
  if (Array.from(name).length > nameMaxCharacters || bytes > 2 * nameMaxCharacters) {
    return i18next.t("common.nameRules.tooLong", {
      count:
        bytes > 2 * nameMaxCharacters ? Math.floor((2 * nameMaxCharacters) / 3) : nameMaxCharacters,
    });
  }
  if (forbidden.test(name)) return i18next.t("common.nameRules.forbidden");
  if (name.startsWith(".") || name.endsWith(".")) return i18next.t("common.nameRules.dots");
  return null;
}

/** The same as a rule of Ant Design's forms. */
export const nameRule = {
  validator: (_rule: unknown, value: string | undefined) => {
    const fault = nameFault(value ?? "");
    return fault === null ? Promise.resolve() : Promise.reject(new Error(fault));
  },
};
