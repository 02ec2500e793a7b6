/** Which sign parts the cells of a table; null for what is no table of text. */
export function delimiterOf(path: string): "," | "\t" | null {
  if (/\.csv$/i.test(path)) return ",";
  return /\.(tsv|tab)$/i.test(path) ? "\t" : null;
}

/**
 * Cells of the first lines of a table, quoted ones with their quotes taken off (RFC 4180).
 *
 * A last row whose quotes don't end within these lines is left out.
 */
export function parseTable(lines: readonly string[], delimiter: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = "";
  let isQuoted = false;
  const text = lines.map((line) => `${line.replace(/\r?\n?$/, "")}\n`).join("");
  for (let at = 0; at < text.length; at += 1) {
    const sign = text.charAt(at);
    if (isQuoted) {
      if (sign !== '"') cell += sign;
      else if (text.charAt(at + 1) === '"') {
        cell += '"';
        at += 1;
      } else isQuoted = false;
    } else if (sign === '"' && cell === "") isQuoted = true;
    else if (sign === delimiter) {
      row.push(cell);
      cell = "";
    } else if (sign === "\n") {
      rows.push([...row, cell]);
      row = [];
      cell = "";
    } else cell += sign;
  }
  return rows;
}
