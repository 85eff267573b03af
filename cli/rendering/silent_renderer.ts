/**
 * Holds back what there is to be said of a build, until it is known that something went wrong.
 * @module
 */

import { printable } from "../../host/libc/paths.ts";
import type { BuildEvent } from "../../pipeline/events.ts";
import { counted } from "../../pipeline/words/counted.ts";
import { note } from "../output/output.ts";

/** A mail of more lines is not read; all of them are there without `-q`. */
const MOST_LINES = 50;

/** A renderer that prints nothing of what goes well. */
export function silentRenderer() {
  const lines: string[] = [];
  const emit = (event: BuildEvent): void => {
    if (event.type === "problem") {
      const { kind, path, reason } = event.problem;
      lines.push(`icecore: ${kind}: ${path}: ${reason}`);
    } else if (event.type === "message" && event.level === "warning") {
      lines.push(`icecore: ${event.text}`);
    } else if (event.type === "build-failed" && event.kept !== undefined) {
      lines.push(`icecore: kept ${printable(event.kept)}`);
    }
  };
  const trouble = (headline?: string): void => {
    if (headline !== undefined) note(`icecore: ${headline}`);
    for (const line of lines.slice(0, MOST_LINES)) note(line);
    const countMore = lines.length - MOST_LINES;
    if (countMore > 0) note(`icecore: … and ${counted(countMore, "more line")}`);
    lines.length = 0;
  };
  return { emit, trouble, end: () => {} };
}
