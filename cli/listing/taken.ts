/**
 * When a backup was taken. The image itself may not say so: the same tree is to give the same bytes,
 * and the newest time in it is that of a file.
 * @module
 */

import { statSync } from "node:fs";
import { isRemote, nameOfLocation } from "../../host/block_source/location.ts";
import { printable } from "../../host/libc/paths.ts";
import { parseDatedName } from "../rotation/dated_name.ts";
import { noteAbout, readNote } from "../rotation/image_note.ts";
import { localSecond } from "./time_text.ts";

/** What is known of it. */
export interface Taken {
  /** ISO 8601 in UTC; missing where it is not known. */
  readonly when?: string;
  /** How it is known. */
  readonly by?: "note" | "name";
  /** The same for people. */
  readonly text: string;
}

/** @param location A path or URL; missing where there is none. @param uuid The image's. */
export function takenOf(location: string | undefined, uuid: string | undefined): Taken {
  if (location === undefined) return { text: "not known" };
  const note = isRemote(location) ? undefined : noteAbout(readNote(location), uuid);
  if (note?.taken !== undefined) {
    const { taken, sources = [], host } = note;
    const of = sources.length === 0
      ? ""
      : `, of ${sources.map((each) => printable(each)).join(", ")}`;
    const on = host === undefined ? "" : ` on ${printable(host)}`;
    return { when: taken, by: "note", text: `${textOf(Date.parse(taken))}${of}${on}` };
  }
  const dated = parseDatedName(nameOfLocation(location));
  if (dated !== undefined) {
    const when = new Date(dated.timeMs).toISOString();
    return { when, by: "name", text: `${textOf(dated.timeMs)}, as its name says` };
  }
  const status = isRemote(location) ? undefined : statSync(location, { throwIfNoEntry: false });
  const file = status?.isFile() === true ? `; the file was written ${textOf(status.mtimeMs)}` : "";
  return { text: `not known: no note beside it, and no date in its name${file}` };
}

function textOf(timeMs: number): string {
  return localSecond({ seconds: timeMs / 1000 });
}
