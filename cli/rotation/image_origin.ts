/**
 * Of what an image is: its name alone does not say it. Two machines, or two folders of one name,
 * may have their images in one folder.
 * @module
 */

import type { ImageNote } from "./image_note.ts";

/** A text that is the same for images of the same sources on the same machine. */
export function originOf({ sources, host }: Pick<ImageNote, "sources" | "host">): string {
  return JSON.stringify([host, ...sources ?? []]);
}

/** What a note says of it; `undefined` where it was not written by whoever built the image. */
export function notedOrigin(note: ImageNote | undefined): string | undefined {
  return note?.taken === undefined || note.sources === undefined ? undefined : originOf(note);
}
