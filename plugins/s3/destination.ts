/**
 * Where an object goes.
 * @module
 */

/** An object to be. */
export interface Destination {
  readonly bucket: string;
  readonly key: string;
  /** Of all bytes, where it is known. */
  readonly sizeBytes?: number;
}
