/**
 * What is verified: what lies there, and the image in it as far as that can be looked into.
 * @module
 */

import { CorruptImageError } from "../../ext4/image_errors.ts";
import type { HostBlockSource } from "../../host/block_source/block_source.ts";
import { openSource } from "../../host/block_source/open_source.ts";
import { Breather } from "../../host/breathe.ts";
import { hasCode } from "../../host/libc/errno.ts";
import { codeOf, VerificationError } from "../../pipeline/build_errors.ts";
import { requireImage, saysNoImage } from "../no_image.ts";
import { knownFormat } from "../no_image/known_format.ts";
import { imageWithin } from "../stored/partition.ts";
import { StoredDamageError } from "../stored/stored_damage_error.ts";
import { PartsSource } from "../stored/split/parts_source.ts";
import { unwrap, unwrapParts } from "../stored/unwrap.ts";
import { TolerantSource } from "./tolerant_source.ts";
import type { VerifyImageOptions } from "./verification.ts";

/** What lies there, opened. */
export interface StoredImage {
  readonly location: string;
  /** All bytes of it, those of parts as one. */
  readonly stored: TolerantSource;
  /** The parts, where there are some. */
  readonly parts: PartsSource | undefined;
  /** The image in it, which may be the same. */
  readonly image: HostBlockSource | undefined;
  /** Why there is none. */
  readonly unseen: Unseen | undefined;
  close(): void;
}

/** Why it cannot be looked into what lies there; that it is damaged does not follow. */
export interface Unseen {
  /** What it is, e.g. `encrypted`. */
  readonly what: string;
  readonly error: Error;
  /**
   * Whether it is `closed`, as nothing was given that opens it; or `refused`, as what was given is
   * wrong; or `damaged`, whatever is given.
   */
  readonly state: "closed" | "refused" | "damaged";
}

/** What an encrypted file is. */
const ENCRYPTED = "encrypted";

/** What says that nothing was given that opens it, or that nothing can. */
const CLOSED: Readonly<Record<string, string>> = {
  "no-identity": ENCRYPTED,
  "no-passphrase": ENCRYPTED,
  "no-terminal": ENCRYPTED,
  "identity-program": ENCRYPTED,
  "no-seek-table": "compressed",
};
/** What was given is wrong. */
const REFUSED: Readonly<Record<string, string>> = {
  "wrong-identity": ENCRYPTED,
  "wrong-passphrase": ENCRYPTED,
};

/**
 * Opens what lies there.
 *
 * @throws VerificationError when a part is missing or cut; CorruptImageError when it is nothing that
 * is known; UsageError when a partition has to be chosen; EnvironmentError when it cannot be read.
 */
export async function openStoredImage(
  location: string,
  options: VerifyImageOptions,
): Promise<StoredImage> {
  const breather = new Breather(options.signal ?? NEVER);
  const named = new TolerantSource(await openSource(location, options), breather);
  let source: HostBlockSource = named;
  try {
    source = await unwrapParts(named, { ...options, location, onBroken: () => {} });
    const parts = source instanceof PartsSource ? source : undefined;
    const faults = await parts?.faults() ?? [];
    if (faults.length > 0) throw partsVerdict(source.shownName, faults);
    const stored = parts === undefined ? named : new TolerantSource(parts, breather);
    const { image, unseen } = await lookInto(stored, options);
    return { location, stored, parts, image, unseen, close: () => (image ?? stored).close() };
  } catch (error) {
    source.close();
    throw error;
  }
}

const NEVER = new AbortController().signal;

/** On failure the source stays open. */
async function lookInto(
  stored: HostBlockSource,
  options: VerifyImageOptions,
): Promise<Pick<StoredImage, "image" | "unseen">> {
  let image: HostBlockSource = stored;
  try {
    image = await unwrap(stored, options);
    image = await imageWithin(image, options);
    await requireImage(image);
    return { image, unseen: undefined };
  } catch (error) {
    const unseen = await whyUnseen(error, image);
    if (unseen === undefined) throw error;
    return { image: undefined, unseen };
  }
}

async function whyUnseen(error: unknown, image: HostBlockSource): Promise<Unseen | undefined> {
  if (!(error instanceof Error)) return undefined;
  const code = codeOf(error);
  const closed = CLOSED[code];
  if (closed !== undefined) return { what: closed, error, state: "closed" };
  const refused = REFUSED[code];
  if (refused !== undefined) return { what: refused, error, state: "refused" };
  if (!saysNoImage(error)) {
    const isDamaged = error instanceof CorruptImageError;
    return isDamaged ? { what: "damaged", error, state: "damaged" } : undefined;
  }
  const format = await knownFormat(image);
  return format && { what: format.what, error, state: "closed" };
}

/** An error of parts as the verdict that it is; any other as it is. */
export function asVerdict(error: unknown, { shownName }: HostBlockSource): unknown {
  const isOfPart = error instanceof StoredDamageError && hasCode(error, "missing-part", "cut-part");
  return isOfPart ? partsVerdict(shownName, [error]) : error;
}

function partsVerdict(shownName: string, faults: readonly StoredDamageError[]): VerificationError {
  const why = faults.map(({ reason }) => reason.replace(` of ${shownName} is`, " is")).join("; ");
  return new VerificationError(
    `cannot trust ${shownName}: ${why}. Put all parts beside each other, or get another copy.`,
    { cause: faults[0] },
  );
}
