const signInPath = "/sign-in";

/** Paths of this origin that are not the page's own: another server answers there. */
const elsewhere = /^\/(hub|user|api|services)(\/|$)/;

export interface Target {
  path: string;
  /** Whether the browser has to load it, since it is no page of ours. */
  isFullLoad: boolean;
}

/**
 * Where to go after the sign-in. Only paths of this origin are followed: an address that a
 * stranger put into a link must not lead away from here.
 */
export function readNext(raw: string | null, origin = window.location.origin): Target {
  const home = { path: "/", isFullLoad: false };
  if (raw === null || !raw.startsWith("/") || !URL.canParse(raw, origin)) return home;
  const url = new URL(raw, origin);
  if (url.origin !== origin || url.pathname.startsWith("//")) return home;
  if (url.pathname === signInPath) return home;
  return {
    path: url.pathname + url.search + url.hash,
    isFullLoad: elsewhere.test(url.pathname),
  };
}

interface Place {
  pathname: string;
  search: string;
  hash: string;
}

/** The sign-in page that leads back to a place; a `next` that is there already is kept. */
export function signInPathFor({ pathname, search, hash }: Place): string {
  const next = new URLSearchParams(search).get("next") ?? pathname + search + hash;
  return next === "/" ? signInPath : `${signInPath}?${new URLSearchParams({ next }).toString()}`;
}
