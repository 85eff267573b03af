/**
 * The digests of an image's files, from its record: no contents are read.
 * @module
 */

import type { InodeNumber } from "../ext4/numbers.ts";
import { type ImagePath, pathText } from "../ext4/reader/path.ts";
import { hasType, S_IFREG, type TreeEntry, type TreeInode } from "../ext4/tree.ts";
import { EnvironmentError } from "../host/environment_error.ts";
import { VerificationError } from "../pipeline/build_errors.ts";
import { dataBetweenLongHoles } from "./content_check.ts";
import { hexOf } from "./content_record.ts";
import type { ImageReader } from "./image_reader.ts";
import type { ImageRecord, RecordVerdict } from "./image_record.ts";
import { readImageTree } from "./image_tree.ts";
import { pathBytesOfEntry } from "./tree_path.ts";

/** Which digests are listed. */
export interface ListDigestsOptions {
  /** From the root of the image, each with all below it; none means everything. */
  readonly paths?: readonly ImagePath[];
  /** Cancels it. */
  readonly signal?: AbortSignal;
}

/** The digest of one name's file. */
export type FileDigest = ReturnType<ImageReader["digests"]> extends AsyncGenerator<infer D> ? D
  : never;

/**
 * Lists the digest of each name of a regular file, folder by folder, by the bytes of the names.
 *
 * @throws EnvironmentError `no-record`; VerificationError when the record is damaged; PathError
 */
export async function* listDigests(
  image: ImageReader,
  options: ListDigestsOptions = {},
): AsyncGenerator<FileDigest> {
  const record = await image.record();
  requireSound(await record.verdict(), image.shownName);
  await record.load();
  const signal = options.signal ?? new AbortController().signal;
  const source = await readImageTree(image, { paths: options.paths ?? [], signal });
  const { tree, inodeOf, allocatedBytesOf } = source;
  for (let entry = 0; entry < tree.countEntries; entry++) {
    const row = tree.entryInode[entry]! as TreeInode;
    if (!hasType(tree, row, S_IFREG)) continue;
    const path = pathBytesOfEntry(tree, entry as TreeEntry);
    const mayHaveHoles = allocatedBytesOf(row) < tree.sizeBytes[row]!;
    yield {
      path,
      pathText: pathText(path),
      ...await digestOf(image, record, inodeOf(row), mayHaveHoles),
    };
  }
}

async function digestOf(
  image: ImageReader,
  record: ImageRecord,
  inode: InodeNumber,
  mayHaveHoles: boolean,
): Promise<Omit<FileDigest, "path" | "pathText">> {
  const digest = record.digestOf(inode);
  if (digest === undefined) return {};
  const passesOver = mayHaveHoles &&
    await dataBetweenLongHoles(await image.openFile(inode)) !== undefined;
  return passesOver ? { holesSha256: hexOf(digest) } : { sha256: hexOf(digest) };
}

function requireSound(verdict: RecordVerdict, shownName: string): void {
  if (verdict.state === "sound") return;
  const what = `cannot list the digests of ${shownName}`;
  if (verdict.state === "broken") {
    throw new VerificationError(
      `${what}: its record is damaged, ${verdict.why}. Use another copy of the image.`,
    );
  }
  const why = verdict.state === "none"
    ? "it has no record of its files' contents"
    : `its record cannot be used, ${verdict.why}`;
  throw new EnvironmentError(`${what}: ${why}. Mount it and run sha256sum.`, "no-record");
}
