/**
 * The contents of a file, whichever side it is on.
 * @module
 */

/** The contents of one file. */
export interface Content {
  /** Fills `into` as far as the file goes; returns the bytes read. */
  read(offsetBytes: number, into: Uint8Array): number | Promise<number>;
  /**
   * Where the next data begins, `offsetBytes` itself within data; `Infinity` behind the last.
   *
   * @param offsetBytes No less than at the call before.
   */
  nextData(offsetBytes: number): number | Promise<number>;
  close(): void;
}
