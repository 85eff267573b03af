/**
 * What is taken of a folder, where a tree is stored in parts.
 * @module
 */

/** Says what is taken of one folder. */
export interface FolderSelection {
  /**
   * Whether a name is taken: `all` of it; only if it is a `folder`, for what that holds; `nothing`.
   * Of a folder that is taken, `below` says the rest.
   */
  decide(name: Uint8Array): "all" | "folder" | "nothing";
  /** What is taken of a folder in it; `undefined` for all of it. */
  below(name: Uint8Array): FolderSelection | undefined;
}
