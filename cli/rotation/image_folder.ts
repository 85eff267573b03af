/**
 * The images of a folder, and how each is: what it lies on, when it was taken, whether it was
 * verified, what is wrong with it.
 * @module
 */

import { lstatSync, readdirSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { CorruptImageError } from "../../ext4/image_errors.ts";
import { uuidText } from "../../ext4/reader/open/image_info.ts";
import { unreadable } from "../../host/files/file_status.ts";
import { hasCode } from "../../host/libc/errno.ts";
import { printable } from "../../host/libc/paths.ts";
import { openImage } from "../../image/open_image.ts";
import { messageOf } from "../../pipeline/build_errors.ts";
import { parseDatedName } from "./dated_name.ts";
import { type ImageNote, noteAbout, readNote } from "./image_note.ts";
import { notedOrigin } from "./image_origin.ts";

/** What the image itself says. */
export interface ImageFace {
  readonly uuid: string;
  /** Whether it has icecore's record. */
  readonly hasRecord: boolean;
  /** By this an image on top names it. */
  readonly ownDigest?: string;
  readonly base?: { readonly name: string; readonly uuid: string; readonly digest: string };
}

/** An image as it was found. */
export interface FoundImage {
  /** The file's name. */
  readonly name: string;
  /** Its path, or URL. */
  readonly location: string;
  readonly sizeBytes: number;
  /** Missing where it cannot be read as an image. */
  readonly face?: ImageFace;
  /** Why it cannot. */
  readonly unreadable?: string;
  /** Nobody could look at it, so that nothing is known of what is in it. */
  readonly isUnseen?: true;
  readonly note?: ImageNote;
  /** It is a link to this image of the same folder. */
  readonly linkedTo?: string;
}

/** An image, and how it is. */
export interface FolderImage extends FoundImage {
  /** What it is one of; missing where its name has no date, so that nothing removes it. */
  readonly series?: string;
  /** When it was taken, in milliseconds since 1970; and how that is known. */
  readonly takenMs?: number;
  readonly takenBy?: "note" | "name";
  /** The file name of the image that it lies on. */
  readonly baseName?: string;
  /** What it lies on cannot be known. */
  readonly isBaseUnknown: boolean;
  /** icecore made it: its record says so, or a note that was written when it was built. */
  readonly isOurs: boolean;
  /** Of what it is; missing where nothing says so. */
  readonly origin?: string;
  /** Why it cannot be relied on: it, or one that it lies on, is damaged or missing. */
  readonly broken?: string;
  /** Whether it and all that it lies on were read and found right. */
  readonly isVerified: boolean;
}

/** The images of a folder on this machine, oldest first. @throws EnvironmentError `unreadable` */
export async function readImageFolder(folder: string): Promise<FolderImage[]> {
  let names: string[];
  try {
    names = readdirSync(folder).filter((name) => name.endsWith(".img"));
  } catch (error) {
    throw unreadable(printable(folder), error);
  }
  const found: FoundImage[] = [];
  for (const name of names) {
    const location = join(folder, name);
    const status = statSync(location, { throwIfNoEntry: false });
    const note = readNote(location);
    if (status === undefined) {
      const why = hiddenBy(location);
      if (why === undefined) continue;
      found.push({ name, location, sizeBytes: 0, ...note && { note }, ...why });
      continue;
    }
    if (!status.isFile()) continue;
    const seen = await faceOf(location);
    const about = noteAbout(note, seen.face?.uuid);
    const linkedTo = linkedIn(folder, name);
    const image = { name, location, sizeBytes: status.size, ...about && { note: about } };
    found.push({ ...image, ...linkedTo !== undefined && { linkedTo }, ...seen });
  }
  return judged(found);
}

/** Why a name that is listed leads nowhere; `undefined` where it is gone meanwhile. */
function hiddenBy(location: string): Pick<FoundImage, "unreadable" | "isUnseen"> | undefined {
  const isLink = lstatSync(location, { throwIfNoEntry: false }) !== undefined;
  if (isLink) return { unreadable: "it is a link that leads nowhere now", isUnseen: true };
  // A name that is not UTF-8 is shown with this, and cannot be opened by it.
  const isOdd = basename(location).includes("\ufffd");
  return isOdd ? { unreadable: "its name is not UTF-8", isUnseen: true } : undefined;
}

/** The image of the same folder that a link is to. */
function linkedIn(folder: string, name: string): string | undefined {
  const location = join(folder, name);
  if (lstatSync(location, { throwIfNoEntry: false })?.isSymbolicLink() !== true) return undefined;
  const real = realpathSync(location);
  return dirname(real) === realpathSync(folder) ? basename(real) : undefined;
}

/** What an image says of itself, read from its head and its record's. */
export async function faceOf(
  location: string,
): Promise<Pick<FoundImage, "face" | "unreadable" | "isUnseen">> {
  try {
    await using image = await openImage(location, { layer: true });
    const record = await image.record();
    const own = await record.ownDigest();
    const { base } = record;
    return {
      face: {
        uuid: image.info.uuid,
        hasRecord: record.presence !== "none",
        ...own && { ownDigest: hexOf(own) },
        ...base && {
          base: {
            name: new TextDecoder().decode(base.name),
            uuid: uuidText(base.uuid),
            digest: hexOf(base.digest),
          },
        },
      },
    };
  } catch (error) {
    if (hasCode(error, "ENOENT", "interrupted")) throw error;
    const isDamaged = error instanceof CorruptImageError;
    return { unreadable: messageOf(error), ...!isDamaged && { isUnseen: true } };
  }
}

/** How each is among the others, oldest first; those without a date last. Pure. */
export function judged(found: readonly FoundImage[]): FolderImage[] {
  const byName = new Map(found.map((image) => [image.name, image]));
  const known = new Map<string, FolderImage>();
  const judge = (image: FoundImage, above: ReadonlySet<string>): FolderImage => {
    const before = known.get(image.name);
    if (before !== undefined) return before;
    const { face, note, unreadable } = image;
    const baseName = face === undefined ? note?.base : face.base?.name;
    const within = new Set([...above, image.name]);
    const found = baseName === undefined || within.has(baseName) ? undefined : byName.get(baseName);
    const base = found && judge(found, within);
    const broken = unreadable ?? ownDamage(note) ??
      (baseName === undefined ? undefined : baseTrouble(face?.base, baseName, base));
    const origin = notedOrigin(note);
    const isRight = note?.verified?.result === "right" && broken === undefined;
    const result: FolderImage = {
      ...image,
      ...dateOf(image),
      ...baseName !== undefined && { baseName },
      // A note that only a verification has written does not say what it lies on, nor whose it is.
      isBaseUnknown: face === undefined && note?.taken === undefined,
      isOurs: face?.hasRecord === true || note?.taken !== undefined,
      ...origin !== undefined && { origin },
      ...broken !== undefined && { broken },
      // What lies on it may be as good as ever.
      ...base?.isUnseen === true && { isUnseen: true },
      isVerified: isRight && (base === undefined || base.isVerified),
    };
    known.set(image.name, result);
    return result;
  };
  const rank = ({ takenMs }: FolderImage) => takenMs ?? Infinity;
  return found.map((image) => judge(image, new Set()))
    .sort((a, b) => (rank(a) === rank(b) ? 0 : rank(a) - rank(b)) || (a.name < b.name ? -1 : 1));
}

function ownDamage(note: ImageNote | undefined): string | undefined {
  const { verified } = note ?? {};
  if (verified?.result !== "damaged") return undefined;
  return `damaged when it was verified: ${verified.why ?? "see icecore verify"}`;
}

/** What is wrong with what it lies on. */
function baseTrouble(
  wanted: ImageFace["base"],
  name: string,
  base: FolderImage | undefined,
): string | undefined {
  const shown = printable(name);
  if (base === undefined) return `lies on ${shown}, which is missing`;
  const { face } = base;
  const isOther = wanted !== undefined && face !== undefined &&
    (face.uuid !== wanted.uuid || face.ownDigest !== wanted.digest);
  if (isOther) return `lies on a ${shown} that is not the one here`;
  return base.broken === undefined ? undefined : `lies on ${shown}, which cannot be relied on`;
}

function dateOf(
  { name, note, linkedTo }: FoundImage,
): Pick<FolderImage, "series" | "takenMs" | "takenBy"> {
  const dated = parseDatedName(name);
  // A link to an image is not a second one.
  const isOne = dated !== undefined && linkedTo === undefined;
  const series = isOne ? { series: dated.series } : {};
  if (note?.taken !== undefined) {
    return { ...series, takenMs: Date.parse(note.taken), takenBy: "note" };
  }
  return dated === undefined ? {} : { ...series, takenMs: dated.timeMs, takenBy: "name" };
}

function hexOf(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
