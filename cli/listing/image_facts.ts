/**
 * What `icecore info` prints about an image.
 * @module
 */

import type { ImageInfo } from "../../ext4/reader/open/image_info.ts";
import { printable } from "../../host/libc/paths.ts";
import { uuidText } from "../../ext4/reader/open/image_info.ts";
import type { ImageReader } from "../../image/image_reader.ts";
import { shownBase } from "../../image/stack/base_binding.ts";
import type { ImageRecord } from "../../image/image_record.ts";
import type { ImageSharing } from "../../image/sharing.ts";
import { counted } from "../../pipeline/words/counted.ts";
import { formatSize } from "../../pipeline/words/size.ts";
import { type ImageUses, useBar } from "./image_uses.ts";
import { localSecond } from "./time_text.ts";

/** What is not in the superblock itself. */
export interface ImageFacts extends ImageInfo {
  readonly image: string;
  readonly sizeBytes: number;
  readonly isReadOnly: boolean;
  readonly origin: string;
  /** Whether the image holds digests of its files' contents; `broken` where their header is. */
  readonly record: "present" | "none" | "unknown" | "broken";
  /** Of an image that was built on another: the one that it lies on. */
  readonly base?: { readonly name: string; readonly uuid: string; readonly depth: number };
  /** The images that are read as one tree, topmost first; missing where it is one. */
  readonly layers?: readonly {
    readonly image: string;
    readonly uuid: string;
    readonly sizeBytes: number;
  }[];
  /** Files that lie in the blocks of others; missing where none can. */
  readonly sharing?: ImageSharing;
  /** What its bytes are there for; missing for a stack of images. */
  readonly uses?: ImageUses;
}

/** All that is known of an image, as `--json` prints it. */
export function imageFacts(
  { shownName: image, sizeBytes, info, layers }: ImageReader,
  { presence, base }: ImageRecord,
  uses: ImageUses | undefined,
  sharing?: ImageSharing,
): ImageFacts {
  const isReadOnly = info.features.includes("read-only");
  const origin = originOf(info, isReadOnly);
  const facts = { image, sizeBytes, ...info, isReadOnly, origin, record: presence };
  return {
    ...facts,
    ...(uses === undefined ? {} : { uses }),
    ...(sharing === undefined ? {} : { sharing }),
    ...base && {
      base: { name: shownBase(base), uuid: uuidText(base.uuid), depth: base.depth },
    },
    ...layers.length > 1 && {
      layers: layers.map(({ shownName, uuid, sizeBytes }) => ({
        image: shownName,
        uuid,
        sizeBytes,
      })),
    },
  };
}

/** The superblock does not name its maker; its features and times show who it was. */
function originOf(info: ImageInfo, isReadOnly: boolean): string {
  if (info.mountedSeconds !== 0) {
    const where = info.lastMountpoint === "" ? "" : ` at ${printable(info.lastMountpoint)}`;
    return `written by a kernel that mounted it${where}`;
  }
  const untouched = info.madeSeconds === info.writtenSeconds;
  const plain = !["has_journal", "resize_inode"].some((name) => info.features.includes(name));
  if (isReadOnly && untouched && plain) return "icecore, or alike: made in one go, never mounted";
  return "mkfs or a program like it, never mounted";
}

/** The facts as lines. @param taken When the backup was taken, in words. */
export function factLines(facts: ImageFacts, taken: string): string {
  const bytesOf = (blocks: number) => blocks * facts.blockSizeBytes;
  const exactly = (bytes: number) => `${formatSize(bytes)} (${count(bytes)} bytes)`;
  const usedBlocks = facts.countBlocks - facts.countFreeBlocks;
  const percent = (part: number, whole: number) => `${(100 * part / whole).toFixed(1)} %`;
  const usedInodes = facts.countInodes - facts.countFreeInodes;
  const rest = facts.sizeBytes - bytesOf(facts.countBlocks);
  const lines: (readonly [string, string])[] = [
    ["image", facts.image],
    ["format", `${facts.format}, ${facts.isReadOnly ? "read-only" : "writable"}`],
    ["label", facts.label === "" ? "none" : printable(facts.label)],
    ["uuid", facts.uuid],
    ["origin", facts.origin],
    ["taken", taken],
    ["made", timeOf(facts.madeSeconds)],
    ["written", timeOf(facts.writtenSeconds)],
    ["mounted", timeOf(facts.mountedSeconds)],
    ["state", facts.isClean ? "clean" : "not clean: it was not unmounted, or errors were found"],
    ["journal", JOURNAL[facts.journal]],
    ["size", exactly(bytesOf(facts.countBlocks))],
    ...(rest > 0 ? [["behind it", `${exactly(rest)} that are not part of it`] as const] : []),
    ["used", `${percent(usedBlocks, facts.countBlocks)}, ${exactly(bytesOf(usedBlocks))}`],
    ...(facts.uses === undefined ? [] : [["holds", useBar(facts.uses)] as const]),
    ["inodes", `${count(usedInodes)} of ${count(facts.countInodes)} used`],
    [
      "blocks",
      `${count(facts.countBlocks)} of ${facts.blockSizeBytes} bytes in ${
        counted(facts.countGroups, "group")
      }`,
    ],
    ["inode size", `${facts.inodeSizeBytes} bytes`],
    ["record", RECORD[facts.record]],
    ...(facts.sharing === undefined ? [] : [["sharing", sharingText(facts.sharing)] as const]),
    ...stackLines(facts),
    ["features", facts.features.join(" ")],
  ];
  const width = Math.max(...lines.map(([label]) => label.length));
  return lines.map(([label, text]) => `${label.padEnd(width)}  ${text}`).join("\n");
}

/** What it was built on, and what of that was found. */
function stackLines({ base, layers }: ImageFacts): (readonly [string, string])[] {
  if (base === undefined) return [];
  const alone = ["built on", `${base.name}, of UUID ${base.uuid}`] as const;
  if (layers === undefined) return [alone];
  const below = layers.slice(1).map(({ image }) => image).join(", ");
  const sizeBytes = layers.reduce((sum, layer) => sum + layer.sizeBytes, 0);
  return [
    alone,
    ["lies on", below],
    ["all together", `${counted(layers.length, "image")}, ${formatSize(sizeBytes)}`],
  ];
}

function sharingText({ countFiles, savedBytes }: ImageSharing): string {
  return `${counted(countFiles, "file")} in the blocks of equal ones, which saves ` +
    formatSize(savedBytes);
}

const RECORD: Readonly<Record<ImageFacts["record"], string>> = {
  present: "SHA-256 of each file's contents",
  none: "none",
  unknown: "of a later version of icecore",
  broken: "damaged",
};

const JOURNAL: Readonly<Record<ImageInfo["journal"], string>> = {
  none: "none",
  clean: "clean",
  replayed: "not empty: read as if it had been replayed",
  ignored: "not empty, and ignored",
};

function count(n: number): string {
  return n.toLocaleString("en");
}

function timeOf(seconds: number): string {
  return seconds === 0 ? "never" : localSecond({ seconds });
}
