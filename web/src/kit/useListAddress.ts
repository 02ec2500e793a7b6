import { useLocation, useNavigation, useSearchParams } from "react-router";

/**
 * What a list shows, kept in the address, so that a reload and the way back find it again.
 *
 * An empty value, or the one that goes without saying, is not written.
 */
export function useListAddress<Name extends string>(defaults: Record<Name, string>) {
  const [search, setSearch] = useSearchParams();
  const { pathname } = useLocation();
  const next = useNavigation().location;
  const isLeaving = next !== undefined && next.pathname !== pathname;
  const read = (name: Name) => search.get(name) ?? defaults[name];
  const write = (name: Name, value: string) => {
    // To write the address would call off the way to the page that somebody has just chosen.
    if (isLeaving) return;
    setSearch(
      (before) => {
        const after = new URLSearchParams(before);
        if (value === defaults[name]) after.delete(name);
        else after.set(name, value);
        return after;
      },
      { replace: true },
    );
  };
  return { read, write };
}
