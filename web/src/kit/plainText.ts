/** The words of a Markdown text in one line, for lists that have no room for its form. */
export function plainText(markdown: string): string {
  return markdown
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replace(/^\s*(?:#{1,6}|>|[-*+]|\d+\.)\s+/gm, "")
    .replace(/(\*\*|__|`{1,3}|~~)(.+?)\1/g, "$2")
    .replace(/(^|[^\w*])\*([^\s*][^*]*)\*/g, "$1$2")
    .replace(/\s+/g, " ")
    .trim();
}
