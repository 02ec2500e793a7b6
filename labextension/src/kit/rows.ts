import type { LabIcon } from "@jupyterlab/ui-components";
import type * as React from "react";

/** What can be done with a row. */
export interface RowAction {
  label: string;
  icon: LabIcon;
  run: () => void;
}

export interface Row {
  key: string;
  label: string;
  icon: LabIcon;
  hint?: string;
  title?: string;
  /** Rows below; null: there are some, which are asked for when the row is opened. */
  children?: Row[] | null;
  /** What a double click or Enter does. */
  activate?: () => void;
  actions?: RowAction[];
  drag?: (event: React.PointerEvent<HTMLElement>) => void;
}

/** A row that is seen, and where it stands. */
export interface SeenRow {
  row: Row;
  level: number;
  position: number;
  count: number;
  parent: string | null;
}

/** The rows that are seen, from top to bottom. */
export function seenRows(rows: readonly Row[], open: ReadonlySet<string>): SeenRow[] {
  const seen: SeenRow[] = [];
  const walk = (some: readonly Row[], level: number, parent: string | null): void => {
    some.forEach((row, index) => {
      seen.push({ row, level, position: index + 1, count: some.length, parent });
      if (row.children && open.has(row.key)) {
        walk(row.children, level + 1, row.key);
      }
    });
  };
  walk(rows, 1, null);
  return seen;
}
