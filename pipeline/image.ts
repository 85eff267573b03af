/**
 * The record that is handed from step to step.
 * @module
 */

import { defaultImageName } from "./image_name.ts";
import type { Problem } from "./problem.ts";

/** How far an image has come. */
export const PHASES = [
  "planned",
  "allocated",
  "formatted",
  "mounted",
  "unmounted",
  "sealed",
] as const satisfies readonly Phase[];

/** One of {@linkcode PHASES}. */
export type Phase = Image["phase"];

/** A file that belongs to an image: its side file, or something a step made of it. */
export interface Artifact {
  /** What it is, e.g. `sha512`, `age`, `par2`. */
  readonly kind: string;
  /** Where it lies now. Until the build is done that may be a `….partial` name. */
  readonly path: string;
  /** Where it will lie when the build is done; the same as `path` for what lies elsewhere. */
  readonly finalPath: string;
  /** Its size, where it is known. */
  readonly sizeBytes?: number;
  /**
   * Files of an earlier build that go when this one has its final name, with `force`: parts that
   * were more than there are now, say. They stay when the build fails.
   */
  readonly replaces?: readonly string[];
  /** What else is worth reporting, e.g. `{ url: "s3://vault/photos.img" }`. */
  readonly details?: Readonly<Record<string, string | number | boolean>>;
}

/**
 * The bytes that are to be kept elsewhere: the image itself, or what a step made of it, such as its
 * encrypted form. Steps that encrypt or compress replace it; steps that upload send it.
 */
export interface Payload {
  /** Where it lies now; `-` when it was streamed on and lies nowhere here. */
  readonly path: string;
  /** The name to store it under, e.g. `photos.img.age`. */
  readonly name: string;
  /** Its size. */
  readonly sizeBytes: number;
  /** Hex digests of it by algorithm, as far as they were made. */
  readonly digests: Readonly<Record<string, string>>;
  /**
   * The names of the files that it was cut into: these are kept elsewhere instead of the whole. They
   * are among {@linkcode companionsOf}.
   */
  readonly parts?: readonly string[];
}

/** An immutable record of the image under construction. A step returns a new one. */
export interface Image {
  /** Where the bytes are now: `IMAGE.partial` until the build is done. */
  readonly path: string;
  /**
   * The name it will have, e.g. `photos.img`: the last part of the final path; when it is streamed
   * to stdout, the first source's name with `.img`.
   */
  readonly name: string;
  /** Where it will be; `-` when it is streamed to stdout. */
  readonly finalPath: string;
  /** Bytes of the file; 0 until there is one. */
  readonly sizeBytes: number;
  /** How far it has come. */
  readonly phase: "planned" | "allocated" | "formatted" | "mounted" | "unmounted" | "sealed";
  /** The folder it is mounted on, in phase `mounted`. */
  readonly mountpoint?: string;
  /** Hex digests of the whole image by algorithm, e.g. `sha512`. Dropped when a step changes it. */
  readonly digests: Readonly<Record<string, string>>;
  /** Its side files, and what steps made of it. */
  readonly artifacts: readonly Artifact[];
  /** What a step made of the image to be kept elsewhere; see {@linkcode payloadOf}. */
  readonly payload?: Payload;
  /** What was stored, and what could not be. */
  readonly report: {
    /** Regular files. */
    readonly countFiles: number;
    /** Folders. */
    readonly countFolders: number;
    /** Inodes of every type: hard links to one file count once. */
    readonly countInodes: number;
    /** The sum of the files' sizes, holes included, in bytes. */
    readonly sourceBytes: number;
    /** What was skipped, cut or stored otherwise, and why. */
    readonly problems: readonly Problem[];
    /** What storing equal files once came to; absent where that was not asked for. */
    readonly sharing?: {
      /** Files that lie in the blocks of another. */
      readonly countFiles: number;
      /** What their own blocks would have taken. */
      readonly savedBytes: number;
      /** What was read to compare, and once more to be stored. */
      readonly readTwiceBytes: number;
      /** Files whose digest was taken from the record of another image. */
      readonly countKnown: number;
    };
    /** Bytes that the image shares with the source's disk, where any were cloned. */
    readonly clonedBytes?: number;
    /** Patterns that were to leave something out and matched nothing; absent where all have. */
    readonly unmatchedPatterns?: readonly string[];
  };
}

/**
 * An image that nothing has been done for yet.
 *
 * @param sources What it is named after when it goes to stdout, so that it can be stored elsewhere.
 */
export function plannedImage(path: string, finalPath: string, sources: readonly string[]): Image {
  const name = finalPath.slice(finalPath.lastIndexOf("/") + 1);
  return {
    path,
    name: finalPath === "-" ? defaultImageName(sources) ?? name : name,
    finalPath,
    sizeBytes: 0,
    phase: "planned",
    digests: {},
    artifacts: [],
    report: { countFiles: 0, countFolders: 0, countInodes: 0, sourceBytes: 0, problems: [] },
  };
}

/** The files that take their final names with the image. */
export function sideFilesOf(image: Image): Artifact[] {
  return image.artifacts.filter(({ path, finalPath }) => path !== finalPath);
}

/** The image when all has its final name. */
export function atFinalPlace(image: Image): Image {
  const final = new Map(image.artifacts.map(({ path, finalPath }) => [path, finalPath]));
  final.set(image.path, image.finalPath);
  const artifacts = image.artifacts.map(({ replaces: _, ...each }) => ({
    ...each,
    path: each.finalPath,
  }));
  const { payload } = image;
  const settled = { ...image, path: image.finalPath, artifacts };
  if (payload === undefined) return settled;
  return { ...settled, payload: { ...payload, path: final.get(payload.path) ?? payload.path } };
}

/** What is to be kept elsewhere: what a step made of the image, else the image itself. */
export function payloadOf(image: Image): Payload {
  const { path, name, sizeBytes, digests } = image;
  return image.payload ?? { path, name, sizeBytes, digests };
}

/**
 * The files here that belong to the payload by their names, as `photos.img.sha512` does to
 * `photos.img`. What was made of the plain image does not belong to its encrypted form.
 */
export function companionsOf(image: Image): readonly Artifact[] {
  const { name } = payloadOf(image);
  return image.artifacts.filter(({ finalPath }) =>
    finalPath.slice(finalPath.lastIndexOf("/") + 1).startsWith(`${name}.`)
  );
}

/** The image with one more artifact. */
export function withArtifact(image: Image, artifact: Artifact): Image {
  return { ...image, artifacts: [...image.artifacts, artifact] };
}

/** The image with more problems in its report. */
export function withProblems(image: Image, problems: readonly Problem[]): Image {
  if (problems.length === 0) return image;
  const { report } = image;
  return { ...image, report: { ...report, problems: [...report.problems, ...problems] } };
}
