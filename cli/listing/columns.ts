/**
 * A table of text.
 * @module
 */

/** Rows as lines of columns of one width each. @param right The columns that end flush. */
export function columns(rows: readonly (readonly string[])[], right: readonly number[] = []) {
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => row[at]!.length)));
  return rows.map((row) =>
    row.map((text, at) =>
      right.includes(at) ? text.padStart(widths[at]!) : text.padEnd(widths[at]!)
    )
      .join("  ").trimEnd()
  ).join("\n");
}
