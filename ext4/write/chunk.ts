/**
 * The buffer that metadata is made in, a piece at a time.
 * @module
 */

/** Large enough for the calls to be cheap, small enough for the cache. */
export const CHUNK_SIZE_BYTES: number = 256 * 1024;
