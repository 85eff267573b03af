/**
 * What `--verbose` prints about an error beyond its message: code, fields, causes, and where in
 * whose source it was thrown.
 * @module
 */

/**
 * The lines about an error and its causes.
 *
 * @param isUnexpected A fault of icecore itself, of which every frame may help.
 */
export function errorDetails(error: unknown, isUnexpected: boolean): string[] {
  const lines: string[] = [];
  const seen = new Set<unknown>();
  for (let each: unknown = error; each instanceof Error && !seen.has(each); each = each.cause) {
    seen.add(each);
    const own = each === error ? "" : `: ${each.message}`;
    lines.push(`  ${each === error ? "" : "because of "}${each.name}${own}${facts(each)}`);
    const frames = framesOf(each);
    lines.push(...(isUnexpected ? frames : frames.filter((frame) => !isBundled(frame))));
  }
  return lines;
}

function facts(error: Error): string {
  const { code, fields } = error as { code?: unknown; fields?: unknown };
  const parts = typeof code === "string" ? [`code ${code}`] : [];
  if (typeof fields === "object" && fields !== null) {
    for (const [key, value] of Object.entries(fields)) parts.push(`${key} ${value}`);
  }
  return parts.length === 0 ? "" : ` (${parts.join(", ")})`;
}

function framesOf({ stack = "" }: Error): string[] {
  return stack.split("\n").filter((line) => /^\s+at /.test(line));
}

/** Of the executable that Bun makes, names and lines are those of shortened code. */
function isBundled(frame: string): boolean {
  return frame.includes("/$bunfs/");
}
