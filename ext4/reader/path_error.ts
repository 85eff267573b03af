/**
 * A sound image, but a path that leads nowhere, or to something else than was asked for.
 * @module
 */

/** What was asked for is not in the image. */
export class PathError extends Error {
  /** The name of the class. */
  override readonly name = "PathError";

  /**
   * An error about one path.
   * @param code stable
   * @param path as far as it matters; bytes that are not UTF-8 are replaced
   */
  constructor(
    readonly code:
      | "no-such-path"
      | "not-a-folder"
      | "not-a-file"
      | "not-a-symlink"
      | "too-many-symlinks"
      | "bad-path",
    readonly path: string,
    message: string,
  ) {
    super(message);
  }
}
