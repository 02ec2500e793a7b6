import styles from "./datasets.module.css";

interface Props {
  caption: string;
  head: readonly string[];
  rows: readonly (readonly string[])[];
}

/** Rows of a file, as wide as they are; they scroll within their box. */
export function DataTable({ caption, head, rows }: Props) {
  return (
    // Wide tables are scrolled, which the keyboard can do as well.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className={styles.tableBox} role="region" aria-label={caption} tabIndex={0}>
      <table className={styles.data}>
        <thead>
          <tr>
            {head.map((name, index) => (
              <th key={index} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((cells, row) => (
            <tr key={row}>
              {cells.map((cell, index) => (
                <td key={index} data-number={cell !== "" && !Number.isNaN(Number(cell))}>
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
