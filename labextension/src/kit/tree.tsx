import { caretDownIcon, caretRightIcon } from "@jupyterlab/ui-components";
import * as React from "react";

import { seenRows, type Row, type SeenRow } from "./rows";

interface TreeProps {
  label: string;
  rows: readonly Row[];
  open: ReadonlySet<string>;
  selected: string | null;
  onToggle: (key: string) => void;
  onSelect: (key: string) => void;
}

/** A tree that is used by mouse and by keyboard, as the WAI-ARIA pattern has it. */
export function Tree(props: TreeProps): React.ReactElement {
  const { label, rows, open, selected, onToggle, onSelect } = props;
  const seen = seenRows(rows, open);
  const node = React.useRef<HTMLDivElement>(null);
  const focused = seen.some((one) => one.row.key === selected) ? selected : seen[0]?.row.key;

  const go = (to: SeenRow | undefined): void => {
    if (to) {
      onSelect(to.row.key);
      const items = node.current?.querySelectorAll<HTMLElement>("[role=treeitem]");
      items?.[seen.indexOf(to)]?.focus();
    }
  };
  const onKeyDown = (event: React.KeyboardEvent, at: number): void => {
    const here = seen[at];
    if (!here || (event.target as HTMLElement).closest("button")) {
      return;
    }
    const isOpen = open.has(here.row.key);
    const isFolder = here.row.children !== undefined;
    const keys: Record<string, () => void> = {
      ArrowDown: () => go(seen[at + 1]),
      ArrowUp: () => go(seen[at - 1]),
      Home: () => go(seen[0]),
      End: () => go(seen[seen.length - 1]),
      ArrowRight: () => (isFolder && !isOpen ? onToggle(here.row.key) : isOpen && go(seen[at + 1])),
      ArrowLeft: () =>
        isFolder && isOpen
          ? onToggle(here.row.key)
          : go(seen.find((one) => one.row.key === here.parent)),
      Enter: () => (here.row.activate ? here.row.activate() : isFolder && onToggle(here.row.key)),
    };
    const act = keys[event.key];
    if (act) {
      event.preventDefault();
      event.stopPropagation();
      act();
    }
  };

  return (
    <div role="tree" aria-label={label} className="opsforge-Tree" ref={node}>
      {seen.map((one, at) => (
        <TreeRow
          key={one.row.key}
          seen={one}
          isOpen={open.has(one.row.key)}
          isSelected={one.row.key === selected}
          isFocusable={one.row.key === focused}
          onKeyDown={(event) => onKeyDown(event, at)}
          onPick={() => {
            onSelect(one.row.key);
            if (one.row.children !== undefined) {
              onToggle(one.row.key);
            }
          }}
        />
      ))}
    </div>
  );
}

interface TreeRowProps {
  seen: SeenRow;
  isOpen: boolean;
  isSelected: boolean;
  isFocusable: boolean;
  onKeyDown: (event: React.KeyboardEvent) => void;
  onPick: () => void;
}

function TreeRow(props: TreeRowProps): React.ReactElement {
  const { seen, isOpen, isSelected, isFocusable, onKeyDown, onPick } = props;
  const { row, level } = seen;
  const isFolder = row.children !== undefined;
  const Caret = isOpen ? caretDownIcon : caretRightIcon;
  return (
    <div
      role="treeitem"
      aria-label={row.label}
      aria-level={level}
      aria-posinset={seen.position}
      aria-setsize={seen.count}
      aria-selected={isSelected}
      aria-expanded={isFolder ? isOpen : undefined}
      tabIndex={isFocusable ? 0 : -1}
      className="opsforge-Row"
      title={row.title}
      style={{ paddingInlineStart: `${level * 12 - 4}px` }}
      onClick={onPick}
      onDoubleClick={row.activate}
      onKeyDown={onKeyDown}
      onPointerDown={row.drag}
    >
      <span className="opsforge-Row-caret">
        {isFolder && <Caret.react tag="span" width="16px" height="16px" />}
      </span>
      <row.icon.react tag="span" width="16px" height="16px" className="opsforge-Row-icon" />
      <span className="opsforge-Row-label">{row.label}</span>
      {row.hint && <span className="opsforge-Row-hint">{row.hint}</span>}
      {row.actions && (
        <span className="opsforge-Row-actions">
          {row.actions.map((action) => (
            <button
              key={action.label}
              type="button"
              className="jp-Button jp-mod-minimal opsforge-IconButton"
              title={action.label}
              aria-label={`${action.label}: ${row.label}`}
              tabIndex={isFocusable ? 0 : -1}
              onClick={(event) => {
                event.stopPropagation();
                action.run();
              }}
              onDoubleClick={(event) => event.stopPropagation()}
            >
              <action.icon.react tag="span" width="16px" height="16px" />
            </button>
          ))}
        </span>
      )}
    </div>
  );
}
