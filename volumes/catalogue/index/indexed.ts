/**
 * What the index of a volume holds.
 * @module
 */

/** The image that an index was made of. */
export interface IndexedVolume {
  /** The name of its file. */
  readonly name: string;
  /** 36 characters. */
  readonly uuid: string;
  readonly sizeBytes: number;
  /** SHA-256 of its record in hex, which names it together with the UUID; missing without one. */
  readonly recordDigest?: string;
  /** Why its files have no digests here, where they have none. */
  readonly noDigests?: string;
  /** The images that are read as one tree, topmost first. */
  readonly layers: readonly { readonly name: string; readonly uuid: string }[];
}

/** What files and folders have in common. */
export interface IndexedMetadata {
  /** Type and permissions. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** When it was modified, since 1970. */
  readonly seconds: number;
  readonly nanoseconds: number;
  /** Which of the volume's layers it is in, counted from the topmost. */
  readonly layer: number;
}

/** A folder; its files follow. */
export interface IndexedFolder extends IndexedMetadata {
  /** From the root of the image, without a slash in front. */
  readonly path: Uint8Array;
}

/** Anything but a folder. */
export interface IndexedFile extends IndexedMetadata {
  readonly name: Uint8Array;
  readonly sizeBytes: number;
  /** SHA-256, where the volume's record has one. */
  readonly digest: Uint8Array | undefined;
  /** Whether that is of its data and where it lies, as of a file with long holes. */
  readonly hasHoles: boolean;
}
