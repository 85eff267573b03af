/**
 * What is verified of an image, what may be wrong, and what is said when nothing is.
 * @module
 */

import type { Problem } from "../../pipeline/problem.ts";
import type { Difference } from "../diff/difference.ts";

/** What of an image is verified. */
export interface VerifyImageOptions {
  /** Of servers: the fewest bytes a minute before reading is given up; default 65,536; 0: none. */
  readonly leastBytesPerMinute?: number;
  /** Where the images that it lies on are looked for when they are not beside it. */
  readonly bases?: readonly string[];
  /** Verify it alone, and not the images that it lies on. */
  readonly layer?: boolean;
  /** Of an encrypted image: who can decrypt it; see `openImage`. */
  readonly identities?: readonly (string | Uint8Array)[];
  /** Of what is encrypted with a passphrase; see `openImage`. */
  readonly askPassphrase?:
    | ((what: string) => Promise<string | undefined> | string | undefined)
    | undefined;
  /** Receives what the program of an identity has to say; see `openImage`. */
  readonly onMessage?: ((text: string) => void) | undefined;
  /** Folders to compare with, placed as `build` placed them; none by default. */
  readonly sources?: readonly string[];
  /** Globs of names that `build` left out. */
  readonly exclude?: readonly string[];
  /** Take folders of other file systems for empty, as `build --one-file-system` stored them. */
  readonly oneFileSystem?: boolean;
  /**
   * Whether it is read whole, and compared with its side file and its record: `auto` (the default)
   * asks for a side file unless it has a record, or there are sources to compare with.
   */
  readonly digest?: "auto" | "never";
  /** Only these paths of the image, each with all below it; then the whole is not hashed. */
  readonly paths?: readonly (string | Uint8Array)[];
  /** Only a random part of the files, whole files; then the whole is not hashed. */
  readonly sample?:
    | { readonly kind: "share"; /** Above 0, up to 1. */ readonly share: number }
    | { readonly kind: "bytes"; readonly sizeBytes: number };
  /** Of a whole disk: the number of the partition; see `openImage`. */
  readonly partition?: number | undefined;
  /** Where in the file the image begins; see `openImage`. */
  readonly imageOffsetBytes?: number | undefined;
  /** Which random part; the same seed, the same files. Default: another one each time. */
  readonly seed?: number;
  /** Cancels it. */
  readonly signal?: AbortSignal;
  /** Receives how far it is. */
  onProgress?(done: number, total: number | undefined, unit: "files" | "bytes"): void;
  /** A check begins. */
  onCheck?(check: "record" | "contents" | "structure" | "source"): void;
  /** Receives each thing that is wrong. */
  onFailure?(
    failure:
      & {
        /** Of an image that what is verified lies on: its name. */
        readonly image?: string;
      }
      & (
        | { readonly check: "digest"; readonly message: string }
        | { readonly check: "record"; readonly message: string }
        /** A part of a split image is damaged, or in another's place. */
        | { readonly check: "part"; readonly message: string }
        /** What the image is encrypted or compressed in is damaged. */
        | { readonly check: "stored"; readonly code: string; readonly message: string }
        | {
          /** Some of the image cannot be read, as of a disk with bad sectors. */
          readonly check: "unreadable";
          /** Where in the image, as pairs `[start, end)` in bytes. */
          readonly ranges: readonly (readonly [startBytes: number, endBytes: number])[];
          readonly message: string;
        }
        | {
          readonly check: "contents";
          /** `content-digest`: the contents differ; `tail`: only what lies behind the file's end. */
          readonly code: "content-digest" | "tail";
          readonly inode: number;
          /** All names of the file, as they may be shown. */
          readonly paths: readonly string[];
          /**
           * Where in the image, as pairs `[start, end)` in bytes. Of contents it is what of them cannot
           * be read, else all of the file's data: its digest cannot say which byte differs. Of a tail
           * it is known to the byte.
           */
          readonly ranges: readonly (readonly [startBytes: number, endBytes: number])[];
          readonly message: string;
        }
        | {
          readonly check: "structure";
          readonly code: string;
          readonly structure: string;
          readonly message: string;
        }
        | { readonly check: "source"; readonly difference: Difference }
        /** An image that it lies on is missing, or not the one that it was built on. */
        | {
          readonly check: "base";
          /** `base-missing`, `wrong-base` or `base-unreadable`. */
          readonly code: string;
          readonly message: string;
        }
      ),
  ): void;
  /** Receives each name of a source that could not be read. */
  onProblem?(problem: Problem): void;
}

/** What was verified; nothing was wrong. */
export interface VerifiedImage {
  /** What it is called in messages. */
  readonly shownName: string;
  /** Missing where there was no side file, or it was not asked for. */
  readonly digest?: {
    /** The algorithm, e.g. `sha512`. */
    readonly algorithm: string;
    /** The digest in hex. */
    readonly digest: string;
    /** The side file it was compared with. */
    readonly sideFile: string;
  };
  /** Whether the image has a record of its files' contents that can be relied on. */
  readonly record: {
    /**
     * `none`, `unknown` to this version, `stale` since the image was written to, or damaged;
     * `unseen` where it could not be looked into the image at all: nothing but the digest of what
     * lies there was verified then.
     */
    readonly state: "sound" | "none" | "unknown" | "stale" | "broken" | "unseen";
    /** Why it was not used, or not seen: e.g. `encrypted`. */
    readonly why?: string;
  };
  /** What of the contents was compared with the record; missing where there was none to rely on. */
  readonly contents?: {
    readonly countFiles: number;
    readonly sizeBytes: number;
    /** Of all files. */
    readonly totalBytes: number;
    /** With a sample: it repeats the choice. */
    readonly seed?: number;
  };
  /** How many inodes there are. */
  readonly countInodes: number;
  /** It was not unmounted: its journal was replayed in memory before its structure was checked. */
  readonly wasReplayed: boolean;
  /**
   * Its journal is damaged in between: the transaction of this number, and so many whole ones behind
   * it, are not part of what was verified, nor of what any reader or kernel shows.
   */
  readonly dropped?: {
    /** The number of the one whose commit block does not fit its checksum. */
    readonly sequence: number;
    /** How many follow that are whole. */
    readonly countFollowing: number;
  };
  /** Folders that it was compared with. */
  readonly sources: readonly string[];
  /** The images that it lies on, from the one right below it down; missing where there is none. */
  readonly below?: readonly VerifiedImage[];
  /** What was asked of the server; missing for what is local. */
  readonly traffic?: { readonly countRequests: number; readonly countBytes: number };
}

/** One thing that is wrong. */
export type VerifyFailure = Parameters<NonNullable<VerifyImageOptions["onFailure"]>>[0];

/** Contents that were compared with the record. */
export type VerifiedContents = NonNullable<VerifiedImage["contents"]>;
