/**
 * What a plan says: how a tree is cut into volumes, each to be an image of its own.
 *
 * A plan is a file of lines, each a JSON object: a header, one line a volume, one line for each
 * folder from which names were moved to another volume, and an end with the digest of all before
 * it. It names no files but those that were moved. See docs/decisions/volumes.md.
 * @module
 */

/** What `format` says in the header of a plan. */
export const PLAN_FORMAT = "icecore-volume-plan";
export const PLAN_VERSION = 1;

/** A folder that is stored, and where it goes. */
export interface PlannedSource {
  /** The label of the host it lies on; empty where there is only one. */
  readonly host: string;
  /** Its absolute path there, as path text; `/.` at the end where its contents go to the root. */
  readonly path: string;
  /** Its name in the tree, as path text; empty where its contents go to the root. */
  readonly name: string;
}

/** What decides which names are stored, and with what metadata. */
export interface PlanOptions {
  readonly exclude: readonly string[];
  readonly oneFileSystem: boolean;
  readonly times: "mtime" | "all";
}

/** The first line. */
export interface PlanHeader {
  readonly format: typeof PLAN_FORMAT;
  readonly version: number;
  /** What the volumes are named after, e.g. `photos`. */
  readonly name: string;
  /** 1, and one more each time the plan was extended. */
  readonly generation: number;
  /** The digest of the plan that this one extends. */
  readonly since?: string;
  /** How large a volume is to be. */
  readonly targetBytes: number;
  readonly sources: readonly PlannedSource[];
  readonly options: PlanOptions;
}

/**
 * A part of the tree of one host: all paths from `from` on and before `to`, in the order of their
 * names' bytes, name by name: a folder comes right before what it holds. The parts of a host leave
 * nothing out, so that each path that there may ever be lies in one.
 */
export interface TreeRange {
  /** As path text; empty for the root. */
  readonly from: string;
  /** As path text; absent where it reaches to the end. */
  readonly to?: string;
}

/** The line of a volume. */
export interface PlannedVolume {
  readonly type: "volume";
  /** 0 and up; its line's place among those of volumes. */
  readonly index: number;
  /** The name of its image, without `.img`. */
  readonly name: string;
  /** The label of the host on which its sources lie. */
  readonly host: string;
  /** Absent where it holds one large file. */
  readonly range?: TreeRange;
  /** The path of that file, as path text. */
  readonly only?: string;
  /** The volume that this one is a layer on: the name of its image, without `.img`. */
  readonly base?: string;
  /** Whether the volume was built by an earlier plan, and nothing has changed since. */
  readonly kept?: true;
  /** How many of the folders above its range are there, where an earlier plan knew of more. */
  readonly countAbove?: number;
  /** What its image may take: an estimate; of a layer, what has changed. */
  readonly sizeBytes: number;
  /** Names in it, without the folders above that are repeated. */
  readonly countNames: number;
  /** Regular files, each once however many names it has. */
  readonly countFiles: number;
  /** SHA-256, in hex, of all that was known of what it holds: another one means a change. */
  readonly contents: string;
  /**
   * Where its names begin in the list of names beside the plan, in bytes, and where they end; those
   * of large files may lie among them.
   */
  readonly names: readonly [start: number, end: number];
  /** SHA-256 of that stretch of the list, in hex: another list is not taken for it. */
  readonly namesDigest: string;
  /** SHA-256 of what makes it this volume, in hex. An image that was built of it says so. */
  readonly key: string;
}

/** Names of one folder that lie in a volume's range, and are stored in another volume. */
export interface MovedNames {
  readonly type: "moved";
  /** As path text; empty for the root. */
  readonly folder: string;
  /** As path text. */
  readonly names: readonly string[];
  /** The volume whose range they lie in. */
  readonly from: number;
  /** The volume that holds them. */
  readonly to: number;
  /** `link`: the other names of the file lie there. `large`: it has a volume of its own. */
  readonly why: "link" | "large";
}

/** The last line. */
export interface PlanEnd {
  readonly type: "end";
  readonly countVolumes: number;
  readonly countMoved: number;
  /** SHA-256 of all lines before and of this one without it, in hex. */
  readonly digest: string;
}

/** A plan that was read. What was moved is read again by who needs it. */
export interface Plan {
  readonly header: PlanHeader;
  readonly volumes: readonly PlannedVolume[];
  /** How many names were moved. */
  readonly countMoved: number;
  /** SHA-256 of the plan, in hex: that of its last line. */
  readonly digest: string;
}
