/**
 * Joins the parts of a file that was split, and verifies each of them and the whole.
 * @module
 */

import { readdirSync, readFileSync, statSync } from "node:fs";
import { open } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { startHash } from "../host/digests/hash.ts";
import { type ClaimedOutput, claimFile } from "../host/files/claim_output.ts";
import { writeClaimed } from "../host/files/create_file.ts";
import { areReadableByAll } from "../host/files/file_mode.ts";
import { fileStatus, unreadable } from "../host/files/file_status.ts";
import { releaseLeftoversOf } from "../host/leftovers/leftovers.ts";
import { meaningOf } from "../host/libc/errno.ts";
import { printable } from "../host/libc/paths.ts";
import { ReleaseError, UsageError, VerificationError } from "../pipeline/build_errors.ts";
import { parsePartManifest, type Part, type PartManifest } from "../pipeline/part_manifest.ts";

/** How to join. */
export interface JoinOptions {
  /** The file to write; the whole's own name beside the manifest when absent. */
  readonly output?: string;
  /** Whether a file that is there may be replaced. */
  readonly force?: boolean;
  /** Cancels it. */
  readonly signal?: AbortSignal;
  /** Receives the bytes done so far, and all. */
  readonly onProgress?: (doneBytes: number, totalBytes: number) => void;
}

/** What was joined. */
export interface Joined {
  /** Where it lies. */
  readonly path: string;
  /** Its size. */
  readonly sizeBytes: number;
  /** Its digest in hex. */
  readonly sha512: string;
  /** How many parts there are. */
  readonly countParts: number;
}

/** Read in pieces of this size. */
const PIECE_BYTES = 2 ** 20;

/**
 * Joins the parts that lie beside their manifest.
 *
 * @param manifest Its path.
 * @returns What was made; it appears under its name when all of it is verified and synced.
 * @throws VerificationError when a part is missing, damaged or one too many, or the whole is not
 * what it was; UsageError `no-manifest`; EnvironmentError `output-exists`, `disk-full`. Nothing is
 * left then.
 */
export async function joinParts(manifest: string, options: JoinOptions = {}): Promise<Joined> {
  const whole = readManifest(manifest);
  const folder = dirname(manifest);
  checkParts(whole, folder, manifest);
  const path = options.output ?? `${folder}/${whole.name}`;
  await releaseLeftoversOf(path);
  const output = claimFile(path, options.force === true);
  const writer = writeClaimed(output.path).getWriter();
  try {
    const sha512 = await copyParts(whole, folder, writer, options);
    if (sha512 !== whole.sha512) {
      throw new VerificationError(
        `cannot join ${printable(manifest)}: each part is what it was, but together they are not ` +
          `${printable(whole.name)}. The manifest is damaged; get another copy of it.`,
      );
    }
    await writer.close();
    const sources = whole.parts.map(({ name }) => `${folder}/${name}`);
    await output.publish([], areReadableByAll([manifest, ...sources]));
  } catch (error) {
    await writer.abort(error).catch(() => {});
    throw discarded(output, error);
  }
  output.settle();
  return { path, sizeBytes: whole.sizeBytes, sha512: whole.sha512, countParts: whole.parts.length };
}

/** Gives the output up. @returns The error to throw. */
function discarded(output: ClaimedOutput, error: unknown): unknown {
  try {
    output.discard([], false);
    return error;
  } catch (undo) {
    return new ReleaseError([undo], { cause: error });
  }
}

function readManifest(path: string): PartManifest {
  const whole = parsePartManifest(readText(path));
  if (whole !== undefined) return whole;
  throw new UsageError(
    `cannot join ${printable(path)}: it is not a manifest of icecore split, or it is damaged. ` +
      "Name the file that ends in .manifest; cat of the parts in order joins them as well.",
    "no-manifest",
  );
}

function readText(path: string): string {
  try {
    // A FIFO or a device might never end.
    if (!statSync(path).isFile()) throw new Error("it is not a regular file");
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new UsageError(
      `cannot read ${printable(path)}: ${meaningOf(error)}. Name the manifest that split wrote.`,
      "no-manifest",
      { cause: error },
    );
  }
}

/** Finds what is missing, short or too many before a byte is copied, and names all of it. */
function checkParts({ name, parts }: PartManifest, folder: string, manifest: string): void {
  const found = parts.map((part) => ({
    part,
    status: fileStatus(`${folder}/${part.name}`),
  }));
  const missing = found.filter(({ status }) => status?.isFile() !== true)
    .map(({ part }) => `${printable(part.name)} is missing`);
  const wrong = found.filter(({ part, status }) =>
    status?.isFile() === true && status.size !== part.sizeBytes
  ).map(({ part, status }) =>
    `${printable(part.name)} has ${status!.size} bytes instead of ${part.sizeBytes}`
  );
  const known = new Set(parts.map((part) => part.name));
  const extra = namesIn(folder)
    .filter((each) => each.startsWith(`${name}.part`) && /^\d+$/.test(each.slice(name.length + 5)))
    .filter((each) => !known.has(each))
    .map((each) => `${printable(each)} does not belong to it`);
  const reasons = [...missing, ...wrong, ...extra];
  if (reasons.length === 0) return;
  throw new VerificationError(
    `cannot join ${printable(manifest)}: ${reasons.join("; ")}. ` +
      `Have exactly the parts that ${printable(basename(manifest))} names in its folder.`,
  );
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    throw unreadable(printable(folder), error);
  }
}

/** Copies all parts, each verified. @returns The SHA-512 of the whole. */
async function copyParts(
  { parts, sizeBytes }: PartManifest,
  folder: string,
  writer: WritableStreamDefaultWriter<Uint8Array>,
  { signal, onProgress }: JoinOptions,
): Promise<string> {
  const whole = await startHash("sha512");
  let done = 0;
  for (const part of parts) {
    const hash = await startHash("sha512");
    for await (const piece of piecesOf(`${folder}/${part.name}`)) {
      signal?.throwIfAborted();
      hash.update(piece);
      whole.update(piece);
      await writer.write(piece);
      onProgress?.(done += piece.length, sizeBytes);
    }
    if (hash.digest() !== part.sha512) throw damaged(part);
  }
  return whole.digest();
}

function damaged({ name }: Part): VerificationError {
  return new VerificationError(
    `cannot join ${printable(name)}: it is damaged, its SHA-512 is not the one in the manifest. ` +
      "Get another copy of it, or repair it.",
  );
}

async function* piecesOf(path: string): AsyncGenerator<Uint8Array> {
  const explain = (error: unknown) => {
    throw unreadable(printable(path), error);
  };
  const handle = await open(path, "r").catch(explain);
  try {
    for (let offset = 0;;) {
      const piece = new Uint8Array(PIECE_BYTES);
      const { bytesRead } = await handle.read(piece, 0, PIECE_BYTES, offset).catch(
        explain,
      );
      if (bytesRead === 0) return;
      offset += bytesRead;
      yield piece.subarray(0, bytesRead);
    }
  } finally {
    await handle.close();
  }
}
