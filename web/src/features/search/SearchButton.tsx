import Button from "antd/es/button/Button";
import { lazy, Suspense, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { needCatalogues } from "@/i18n";
import { SearchIcon } from "@/kit/icons";

const SearchPalette = lazy(async () => {
  const [{ SearchPalette }] = await Promise.all([
    import("./SearchPalette"),
    needCatalogues("search"),
  ]);
  return { default: SearchPalette };
});

/** Opens the search; so does `/` wherever nobody types, and Ctrl or ⌘ with K anywhere. */
export function SearchButton() {
  const { t } = useTranslation();
  const [isOpen, setOpen] = useState(false);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const isSlash = event.key === "/" && !isTyping(event.target);
      const isChord = event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey);
      if (event.defaultPrevented || event.altKey || !(isSlash || isChord)) return;
      event.preventDefault();
      setOpen(true);
    };
    document.addEventListener("keydown", onKey);
    return () => {
      document.removeEventListener("keydown", onKey);
    };
  }, []);
  return (
    <>
      <Button
        type="text"
        icon={<SearchIcon />}
        aria-label={t("common.search")}
        aria-keyshortcuts="/"
        title={t("common.search")}
        onClick={() => {
          setOpen(true);
        }}
      />
      {isOpen ? (
        <Suspense>
          <SearchPalette
            onClose={() => {
              setOpen(false);
            }}
          />
        </Suspense>
      ) : null}
    </>
  );
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable ||
      target.closest("input, textarea, select, [role=textbox], [role=dialog]") !== null)
  );
}
