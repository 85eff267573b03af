/**
 * What a page says about a file, and how it shows it.
 * @module
 */

import type { Stat } from "icecore/read";
import { formatSize } from "../../pipeline/words/size.ts";
import { mediaOf, type Shown } from "../media/media_type.ts";
import type { Fact } from "../pictures/exif.ts";
import { timeText } from "../words/time_text.ts";
import type { SentFile } from "./file_pieces.ts";
import { fullSource, knowPicture } from "./picture_source.ts";
import { recordedDigest } from "./record_lock.ts";

/** How a file is shown. */
export interface FileView {
  /** As what; `nothing` where it can only be downloaded. */
  readonly shows: Shown | "nothing";
  /** Of a picture: the file itself, or what lies in it. */
  readonly from: "file" | "preview";
  /** Why nothing is shown. */
  readonly why?: string;
  readonly facts: readonly Fact[];
  readonly sizeBytes: number;
}

/** Describes a file; of a picture its head is read. @throws CorruptImageError */
export async function viewOf(file: SentFile, stat: Stat, name: Uint8Array): Promise<FileView> {
  const { shows = "nothing" } = mediaOf(name);
  const facts = await plainFacts(file, stat);
  const { sizeBytes } = stat;
  if (shows === "nothing") {
    return {
      shows,
      from: "file",
      facts,
      sizeBytes,
      why: "There is no preview of files of this kind.",
    };
  }
  if (shows !== "picture") return { shows, from: "file", facts, sizeBytes };
  const picture = await knowPicture(file, name);
  const { dimensions, exif } = picture;
  const all: Fact[] = [
    ...facts,
    ...dimensions === undefined
      ? []
      : [["Points", `${shown(dimensions.width)} × ${shown(dimensions.height)}`] as const],
    ...exif.facts,
  ];
  const source = await fullSource(file, picture);
  if (source !== undefined) {
    return { shows, from: source.from === "file" ? "file" : "preview", facts: all, sizeBytes };
  }
  const why = picture.isDrawn
    ? "It has more points than a browser can show. Download it."
    : "There is no preview in it that a browser can show. Download it.";
  return { shows: "nothing", from: "file", why, facts: all, sizeBytes };
}

async function plainFacts({ image, inode }: SentFile, stat: Stat): Promise<Fact[]> {
  const digest = await recordedDigest(image, inode);
  const { sizeBytes, allocatedBytes, mtime, mode, uid, gid, countLinks } = stat;
  return [
    ["Size", `${formatSize(sizeBytes)} (${shown(sizeBytes)} bytes)`],
    ...sizeBytes > 2 * allocatedBytes && sizeBytes > 1 << 20
      ? [["Stored", `${formatSize(allocatedBytes)}: the rest is holes`] as const]
      : [],
    ["Changed", timeText(mtime.seconds)],
    ["Mode", (mode & 0o7777).toString(8).padStart(4, "0")],
    ["Owner", `${uid}:${gid}`],
    ...countLinks > 1 ? [["Names", String(countLinks)] as const] : [],
    // With long holes the digest is of something else, see docs/native.md.
    ...digest === undefined
      ? []
      : [[sizeBytes > allocatedBytes ? "Recorded digest" : "SHA-256", digest] as const],
  ];
}

function shown(number: number): string {
  return number.toLocaleString("en");
}
