/**
 * One name of a folder as a page shows it: the same for the page itself and for its script.
 * @module
 */

import { printable } from "icecore/plugin";
import type { Stat } from "icecore/read";
import { formatSize } from "../../pipeline/words/size.ts";
import { mediaOf, type Shown } from "../media/media_type.ts";
import { encodePath } from "../tree/url_path.ts";
import { timeAttribute, timeText } from "../words/time_text.ts";

/** A row. All texts are texts: a page puts them in as such. */
export interface Row {
  /** The name. */
  readonly text: string;
  /** The path in the tree, as it stands in addresses. */
  readonly path: string;
  readonly icon: Icon;
  /** Of a file: how it is shown. */
  readonly shows?: Shown;
  readonly size: string;
  readonly time: string;
  readonly datetime: string;
  /** Of a hit: the folder it lies in. */
  readonly folder?: string;
}

/** A small picture beside a name. */
export type Icon = "folder" | "image" | "link" | "special" | "file" | Shown;

/** What a row is made of. */
export interface RowSource {
  readonly name: Uint8Array;
  readonly kind: Stat["kind"];
  readonly sizeBytes: number;
  readonly mtimeSeconds: number;
}

/** @param path In the tree. */
export function rowOf(source: RowSource, path: Uint8Array): Row {
  const { name, kind, sizeBytes, mtimeSeconds } = source;
  const { shows } = kind === "file" ? mediaOf(name) : {};
  return {
    text: printable(name),
    path: encodePath(path),
    icon: iconOf(kind, shows),
    ...(shows === undefined ? {} : { shows }),
    size: kind === "file" ? formatSize(sizeBytes) : "",
    time: timeText(mtimeSeconds),
    datetime: timeAttribute(mtimeSeconds),
  };
}

function iconOf(kind: Stat["kind"], shows: Shown | undefined): Icon {
  if (kind === "file") return shows ?? "file";
  if (kind === "folder") return "folder";
  return kind === "symlink" ? "link" : "special";
}
