/**
 * An age file in armor: base64 in lines of equal length between two lines of text, so that what
 * lies at any place can be calculated.
 *
 * Format: https://age-encryption.org/v1
 * @module
 */

import { CorruptImageError } from "../../../ext4/image_errors.ts";
import { type Reading, settle } from "../../../ext4/reader/reading.ts";
import type { HostBlockSource } from "../../../host/block_source/block_source.ts";
import type { Layer } from "../layer.ts";
import { startsWith } from "../starts_with.ts";

/** The first line. */
export const ARMOR_BEGIN = "-----BEGIN AGE ENCRYPTED FILE-----";
const END = "-----END AGE ENCRYPTED FILE-----";
const LINE_CHARACTERS = 64;
const LINE_BYTES = 48;
/** Enough for a whole line, the last line, and line ends. */
const TAIL_BYTES = 256;
/** So much text is read at once. */
const RUN_LINES = 64 << 10;

/** Armor around an age file. */
export const armorLayer: Layer = {
  name: "age armor",
  matches: (head) => startsWith(head, ARMOR_BEGIN),
  async open(source) {
    const first = new Uint8Array(Math.min(ARMOR_BEGIN.length + 2, source.sizeBytes));
    await source.read(0, first);
    const newline = textOf(first).slice(ARMOR_BEGIN.length).startsWith("\r\n") ? "\r\n" : "\n";
    const textAt = ARMOR_BEGIN.length + newline.length;
    const tailAt = Math.max(textAt, source.sizeBytes - TAIL_BYTES);
    const tail = new Uint8Array(Math.max(0, source.sizeBytes - tailAt));
    await source.read(tailAt, tail);
    const text = textOf(tail);
    const end = text.lastIndexOf(END);
    if (end < 0 || text.slice(end + END.length).trim() !== "") throw cut(source.shownName);
    const lines = text.slice(0, end);
    const textBytes = tailAt + end - textAt;
    const lineBytes = LINE_CHARACTERS + newline.length;
    const padding = /(={0,2})\r?\n$/.exec(lines)?.[1]?.length ?? 0;
    const countWhole = Math.floor(textBytes / lineBytes);
    const restCharacters = Math.max(0, textBytes % lineBytes - newline.length);
    if (restCharacters % 4 !== 0) throw malformed(source.shownName);
    const sizeBytes = countWhole * LINE_BYTES + restCharacters / 4 * 3 - padding;
    return armored(source, { textAt, lineBytes, sizeBytes });
  },
};

interface Lines {
  readonly textAt: number;
  /** Of a line, with its end. */
  readonly lineBytes: number;
  /** Of what the text stands for. */
  readonly sizeBytes: number;
}

function armored(source: HostBlockSource, lines: Lines): HostBlockSource {
  const { textAt, lineBytes, sizeBytes } = lines;
  const { shownName, isLocal } = source;
  const mostTextBytes = source.sizeBytes - textAt;
  function* read(offsetBytes: number, into: Uint8Array): Reading<void> {
    for (let done = 0; done < into.length;) {
      const at = offsetBytes + done;
      const line = Math.floor(at / LINE_BYTES);
      const end = Math.min(Math.ceil((offsetBytes + into.length) / LINE_BYTES), line + RUN_LINES);
      const from = line * lineBytes;
      const text = new Uint8Array(Math.min(end * lineBytes, mostTextBytes) - from);
      const wait = source.read(textAt + from, text);
      if (wait !== undefined) yield wait;
      const bytes = decoded(text, end - line, lineBytes, shownName);
      const skipped = at - line * LINE_BYTES;
      const part = bytes.subarray(skipped, skipped + into.length - done);
      if (part.length === 0) throw malformed(shownName);
      into.set(part, done);
      done += part.length;
    }
  }
  return {
    sizeBytes,
    shownName,
    isLocal,
    get traffic() {
      return source.traffic;
    },
    stored: { layer: "age armor", source },
    read: (offsetBytes, into) => settle(read(offsetBytes, into)),
    close: () => source.close(),
  };
}

const LINE = /^[A-Za-z0-9+/]*={0,2}$/;

function decoded(
  text: Uint8Array,
  countLines: number,
  lineBytes: number,
  shownName: string,
): Uint8Array {
  const lines: string[] = [];
  for (let i = 0; i < countLines; i++) {
    const line = textOf(text.subarray(i * lineBytes, (i + 1) * lineBytes)).split(/\r?\n/)[0]!;
    // Anything but lines of one length would put what follows in the wrong place.
    const isLast = i === countLines - 1;
    if (!LINE.test(line) || (!isLast && line.length !== LINE_CHARACTERS)) {
      throw malformed(shownName);
    }
    lines.push(line);
  }
  return Buffer.from(lines.join(""), "base64");
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder("latin1").decode(bytes);
}

function cut(shownName: string): CorruptImageError {
  return new CorruptImageError(
    "age-cut",
    "the age armor",
    `cannot read ${shownName}: it was cut short: the line ${END} is missing. ` +
      "Use another copy of it.",
  );
}

function malformed(shownName: string): CorruptImageError {
  return new CorruptImageError(
    "age-armor",
    "the age armor",
    `cannot read ${shownName}: it is encrypted with age, in armor whose lines are not as they ` +
      `should be. Use another copy of it.`,
  );
}
