/**
 * Markdown tables whose columns line up.
 * @module
 */

/** A table: the first column to the left, the others to the right. */
export function markdownTable(head: readonly string[], cells: readonly string[][]): string {
  const rows = cells.map((row) => row.map((cell) => cell.replaceAll("|", "\\|")));
  const widths = head.map((title, column) =>
    Math.max(3, ...[[...head], ...rows].map((row) => (row[column] ?? title).length))
  );
  const line = (cells: readonly string[]) =>
    `| ${
      widths.map((width, column) => {
        const cell = cells[column] ?? "";
        return column === 0 ? cell.padEnd(width) : cell.padStart(width);
      }).join(" | ")
    } |`;
  const rule = widths.map((width, column) =>
    column === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`
  );
  return [line(head), `| ${rule.join(" | ")} |`, ...rows.map(line)].join("\n");
}

/** Seconds for people, e.g. `12.3 s` or `45 ms`. */
export function showSeconds(seconds: number): string {
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  return `${seconds.toFixed(seconds < 10 ? 2 : 1)} s`;
}

/** Bytes for people, e.g. `2.16 GB`, in powers of ten. */
export function showBytes(bytes: number): string {
  for (const [unit, size] of [["GB", 1e9], ["MB", 1e6], ["kB", 1e3]] as const) {
    if (bytes >= size) return `${(bytes / size).toFixed(bytes / size < 10 ? 2 : 1)} ${unit}`;
  }
  return `${bytes} B`;
}
