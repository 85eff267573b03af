/**
 * Previews in pictures: what is known of them, whoever finds them.
 * @module
 */

/** A preview, and where it lies in the file. */
export interface PreviewPlace {
  readonly offsetBytes: number;
  readonly sizeBytes: number;
  /** Whether its own EXIF says how it is turned. */
  readonly isTurned?: boolean;
}

/** What is in a picture beside itself. */
export interface EmbeddedPictures {
  readonly previews: readonly PreviewPlace[];
  /** How the picture is turned, 1 to 8; `undefined` where EXIF alone says it. */
  readonly orientation?: number;
  /** Where EXIF stands; missing where the head of the file leads to it. */
  readonly exif?: Uint8Array;
}

/** Reads some bytes of the file: fewer than asked for at its end. */
export type ReadSpan = (offsetBytes: number, countBytes: number) => Promise<Uint8Array>;
