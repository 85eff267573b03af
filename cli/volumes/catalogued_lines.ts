/**
 * Files of a catalogue as they are printed.
 * @module
 */

import { printable } from "../../host/libc/paths.ts";
import { hexOf } from "../../image/content_record.ts";
import type { Catalogued } from "../../volumes/catalogue/find_entries.ts";
import { textOrBytes } from "../listing/entry_json.ts";
import { sizeText } from "../listing/long_rows.ts";
import { modeText } from "../listing/mode_text.ts";
import { isoTime, localMinute } from "../listing/time_text.ts";

/** The object that `volume find --json` and `volume ls --json` print. */
export function cataloguedJson(entry: Catalogued): unknown {
  const { kind, attributes: { mode, uid, gid }, sizeBytes, mtime, layer } = entry;
  return {
    type: "catalogued",
    ...textOrBytes("path", absolute(entry.path)),
    kind,
    mode: (mode & 0o7777).toString(8).padStart(4, "0"),
    uid,
    gid,
    ...kind === "folder" ? {} : { sizeBytes },
    mtime: isoTime(mtime),
    ...digestJson(entry),
    volume: layer.volume.name,
    ...layer.name === layer.volume.name ? {} : { layer: layer.name },
  };
}

function digestJson(entry: Catalogued): Record<string, string> {
  if (!("digest" in entry) || entry.digest === undefined) return {};
  return { [entry.hasHoles ? "holesSha256" : "sha256"]: hexOf(entry.digest) };
}

function absolute(path: Uint8Array): Uint8Array {
  return Uint8Array.of(SLASH, ...path);
}

/** A row with type and permissions, owner, group, size, time, volume, and a name or path. */
export function cataloguedRow(entry: Catalogued, name: Uint8Array, isHuman: boolean): string {
  const { kind, attributes: { mode, uid, gid }, sizeBytes, mtime, layer } = entry;
  return `${modeText({ kind, mode })} ${`${uid}`.padStart(5)} ${`${gid}`.padStart(5)} ` +
    `${sizeText(sizeBytes, isHuman).padStart(12)} ${localMinute(mtime)} ` +
    `${printable(layer.name)}  ${printable(name.length === 0 ? ROOT : name)}`;
}

/** The path as it is printed. */
export function shownPath({ path }: Catalogued): string {
  return path.length === 0 ? "/" : printable(path);
}

const SLASH = 0x2f;
const ROOT = Uint8Array.of(SLASH);
