/** Where a path stands: the project's directory and whether it is the public one. */
export interface ProjectPlace {
  path: string;
  name: string;
  isPublic: boolean;
}

/** The project that a path of the service is in; null for any other path. */
export function placeOf(path: string): ProjectPlace | null {
  const local = path.slice(path.indexOf(":") + 1).replace(/^\/+/, "");
  const found = /^(public\/)?work\/([^/]+)(\/|$)/.exec(local);
  const name = found?.[2];
  if (!found || !name) {
    return null;
  }
  const isPublic = Boolean(found[1]);
  return { path: `${isPublic ? "public/" : ""}work/${name}`, name, isPublic };
}

/** `target` as a notebook in `document`'s directory names it; both relative to the home. */
export function relativePath(document: string, target: string): string {
  const from = document
    .slice(document.indexOf(":") + 1)
    .replace(/^\/+/, "")
    .split("/")
    .slice(0, -1);
  const to = target.split("/");
  let shared = 0;
  while (shared < from.length && shared < to.length - 1 && from[shared] === to[shared]) {
    shared += 1;
  }
  return [...from.slice(shared).map(() => ".."), ...to.slice(shared)].join("/");
}
