/**
 * The addresses of everything that is served.
 * @module
 */

import { encodePath } from "../tree/url_path.ts";

/** What can be had of a path. */
export type Part =
  /** A folder's page. */
  | "browse"
  /** A file's page. */
  | "look"
  /** A file's contents. */
  | "raw"
  | "thumb"
  | "preview"
  | "tar"
  | "zip"
  /** A window into a folder, hits of a search, what is known of a file: for the page's script. */
  | "list"
  | "search"
  | "info";

/** Addresses below the one that lets in: `/TOKEN`, or nothing where a password does. */
export class Addresses {
  constructor(readonly base: string) {}

  /** Of a path in the tree. */
  of(
    part: Part,
    path: Uint8Array,
    query: Readonly<Record<string, string | undefined>> = {},
  ): string {
    const given = Object.entries(query).filter((pair): pair is [string, string] =>
      pair[1] !== undefined
    );
    const search = given.length === 0 ? "" : `?${new URLSearchParams(given)}`;
    return `${this.base}/${part}/${encodePath(path)}${search}`;
  }

  /** Of a script or a style. */
  asset(name: string): string {
    return `${this.base}/assets/${name}`;
  }
}
