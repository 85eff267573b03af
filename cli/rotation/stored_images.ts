/**
 * The images of a folder in S3.
 * @module
 */

import { openSource } from "../../host/block_source/open_source.ts";
import { shownLocation } from "../../host/block_source/location.ts";
import { UsageError } from "../../pipeline/build_errors.ts";
import { faceOf, type FolderImage, type FoundImage, judged } from "./image_folder.ts";
import { type ImageNote, NOTE_SUFFIX, noteAbout, noteOf } from "./image_note.ts";

/** A note is a few lines. */
const MOST_NOTE_BYTES = 1 << 20;

/** The images, oldest first. @throws UsageError `no-listing` for a web server */
export async function readStoredImages(folder: string): Promise<FolderImage[]> {
  if (!/^s3:/i.test(folder)) {
    throw new UsageError(
      `cannot list ${shownLocation(folder)}: web servers have no common way to list a folder. ` +
        "Name an image, as in: icecore info URL",
      "no-listing",
    );
  }
  const { listObjects } = await import("../../host/block_source/s3_listing.ts");
  const listed = await listObjects(folder);
  const at = (name: string) => `${folder.replace(/\/*$/, "")}/${name}`;
  const names = new Set(listed.map(({ name }) => name));
  const found: FoundImage[] = [];
  for (const { name, sizeBytes } of listed) {
    if (!name.endsWith(".img")) continue;
    const location = at(name);
    const note = names.has(name + NOTE_SUFFIX) ? await fetched(location + NOTE_SUFFIX) : undefined;
    const seen = await faceOf(location);
    const about = noteAbout(note, seen.face?.uuid);
    found.push({ name, location, sizeBytes, ...about && { note: about }, ...seen });
  }
  return judged(found);
}

async function fetched(location: string): Promise<ImageNote | undefined> {
  const source = await openSource(location);
  try {
    if (source.sizeBytes > MOST_NOTE_BYTES) return undefined;
    const bytes = new Uint8Array(source.sizeBytes);
    await source.read(0, bytes);
    return noteOf(new TextDecoder().decode(bytes));
  } finally {
    source.close();
  }
}
