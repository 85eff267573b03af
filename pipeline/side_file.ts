/**
 * The line of a side file as `sha512sum` and its kin write and read it.
 * @module
 */

/**
 * A line as GNU's programs print it: two blanks between digest and name; a name with a newline, a
 * carriage return or a backslash is escaped, and the line then begins with a backslash.
 *
 * @param digest Hex digits, lower case.
 * @param name The name of the file.
 */
export function formatDigestLine(
  { digest, name }: { readonly digest: string; readonly name: string },
): string {
  const escaped = name.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll("\r", "\\r");
  return `${escaped === name ? "" : "\\"}${digest}  ${escaped}`;
}

/** One line of a side file. */
export type DigestLine = Parameters<typeof formatDigestLine>[0];

/**
 * Parses such a line, also one with the binary mark `*`, or that ends as Windows ends lines.
 *
 * @returns `undefined` when the line is not one.
 */
export function parseDigestLine(line: string): DigestLine | undefined {
  // In a name a carriage return is escaped: a bare one at the end is the line's.
  const match = /^(\\?)([0-9a-f]{32,128}) [ *](.+?)\r?$/is.exec(line);
  if (match === null) return undefined;
  const [, escaped, digest, name] = match;
  const unescaped = escaped === "" ? name! : name!.replace(
    /\\([\\nr])/g,
    (_, letter) => letter === "n" ? "\n" : letter === "r" ? "\r" : "\\",
  );
  return { digest: digest!.toLowerCase(), name: unescaped };
}
