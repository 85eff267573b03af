/**
 * Examples for help texts.
 * @module
 */

import { lineBreak, type Message, text } from "@optique/core/message";

/** One command line a row, as typed. */
export function examples(...lines: readonly string[]): Message {
  return lines.flatMap((line, i) => i === 0 ? [text(line)] : [lineBreak(), text(line)]);
}
