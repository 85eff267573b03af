/**
 * `scan`: reads the names, metadata, sizes, links, holes and attributes of the source, once.
 * @module
 */

import { S_IFDIR, S_IFMT, S_IFREG, type Tree } from "../ext4/tree.ts";
import { printable } from "../host/libc/paths.ts";
import { type Image, withProblems } from "../pipeline/image.ts";
import type { OptionsSchema } from "../pipeline/options.ts";
import { factOfProblem, type Problem } from "../pipeline/problem.ts";
import {
  defineStep,
  type Fact,
  type PreviewContext,
  type ScannedSource,
  type Step,
} from "../pipeline/step.ts";
import { fileFacts } from "./dry_listing.ts";
import { compileExcludes } from "../source/exclude.ts";
import type { FolderSelection } from "../source/folder_selection.ts";
import { checkOutputOutside, placeSources } from "../source/placement.ts";
import { MOST_THREADS } from "../source/reading/reading_threads.ts";
import { scannedSource } from "../source/scanned_source.ts";
import { walk } from "../source/walk.ts";

const options = {
  exclude: { type: "strings", help: "globs of names to leave out", default: [] },
  oneFileSystem: {
    type: "boolean",
    help: "leave folders empty that lie on another file system",
    default: false,
  },
  listExcluded: {
    type: "boolean",
    help: "name in a dry run each path that is left out",
    default: false,
  },
  listFiles: {
    type: "boolean",
    help: "name in a dry run each file, and what becomes of it",
    default: false,
  },
  times: {
    type: "string",
    help: "which times to keep: the modification time, or all; copy can set no more than two",
    choices: ["mtime", "all"],
    default: "mtime",
  },
  holes: {
    type: "string",
    help:
      "which files are searched for holes: all large ones, or those with less room than bytes; " +
      "then since searches what it keeps",
    choices: ["all", "likely"],
    default: "all",
  },
  readAhead: {
    type: "number",
    help: "threads that read a slow source ahead; 0 for none, as many as help when absent",
    unit: "threads",
    least: 0,
    most: MOST_THREADS,
    whole: true,
  },
} as const satisfies OptionsSchema;

/** What a scan of a part of the source is to know. */
export interface ScannedPart {
  /** What is taken of the root. */
  readonly selection: FolderSelection;
  /** Looks at what was found. @returns What is missing. */
  missing(source: ScannedSource, signal: AbortSignal): Promise<readonly Problem[]>;
}

/** Reads the source into a tree, which the steps that follow find as `context.tree`. */
export const scan: Step = scanOf();

/** The step that scans a part of the source; all of it without one. */
export function scanOf(part?: ScannedPart): Step {
  return defineStep({
    name: "scan",
    summary: "read the source's names and metadata once",
    accepts: ["planned"],
    shell: false,
    options,
    check({ sources, output, options }) {
      placeSources(sources);
      checkOutputOutside(sources, output, options.oneFileSystem, options.exclude);
      compileExcludes(options.exclude);
    },
    run: (image, context) => scanSource(image, context, part),
    async preview(image, context): Promise<Fact[]> {
      const excluded: string[] = [];
      const isListed = context.options.listExcluded;
      const onExcluded = isListed ? (path: string) => void excluded.push(path) : undefined;
      let provided: ScannedSource | undefined;
      const provideSource = (source: ScannedSource) => {
        provided = source;
        context.provideSource(source);
      };
      const { report } = await scanSource(image, { ...context, provideSource }, part, onExcluded);
      return [
        { label: "files", value: report.countFiles },
        { label: "folders", value: report.countFolders },
        { label: "size of the files", value: report.sourceBytes, unit: "bytes" },
        ...report.problems.map(factOfProblem),
        ...(context.options.listFiles && provided !== undefined
          ? fileFacts(provided, () => "stored")
          : []),
        ...excluded.map((path) => ({ label: "excluded", value: path })),
        ...(report.unmatchedPatterns ?? []).map((pattern) => ({
          label: "matched nothing",
          value: printable(pattern),
        })),
      ];
    },
  });
}

async function scanSource(
  image: Image,
  context: PreviewContext<typeof options>,
  part: ScannedPart | undefined,
  onExcluded?: (path: string) => void,
): Promise<Image> {
  const { options, emit } = context;
  const problems: Problem[] = [];
  const onProblem = (problem: Problem) => {
    problems.push(problem);
    emit({ type: "problem", problem });
  };
  const likelyHoles = options.holes === "likely";
  const walked = await walk(placeSources(context.sources), {
    exclude: options["exclude"] as readonly string[],
    ...(part === undefined ? {} : { selection: part.selection }),
    ...(onExcluded === undefined ? {} : { onExcluded }),
    oneFileSystem: options.oneFileSystem,
    allTimes: options.times === "all",
    likelyHoles,
    readAhead: options.readAhead,
    signal: context.signal,
    onProgress: (done) => emit({ type: "progress", done, unit: "files" }),
    onProblem,
  });
  const source = scannedSource(walked, { likelyHoles });
  context.provideSource(source);
  for (const problem of await part?.missing(source, context.signal) ?? []) onProblem(problem);
  // What matches nothing in a part may match in others.
  const unmatchedPatterns = part === undefined ? walked.unmatched : [];
  const report = {
    ...image.report,
    ...count(source.tree),
    ...(unmatchedPatterns.length === 0 ? {} : { unmatchedPatterns }),
  };
  return withProblems({ ...image, report }, problems);
}

function count(tree: Tree): {
  countFiles: number;
  countFolders: number;
  countInodes: number;
  sourceBytes: number;
} {
  let countFiles = 0;
  let countFolders = 0;
  let sourceBytes = 0;
  for (let inode = 0; inode < tree.countInodes; inode++) {
    const type = tree.mode[inode]! & S_IFMT;
    if (type === S_IFDIR) countFolders++;
    if (type !== S_IFREG) continue;
    countFiles++;
    sourceBytes += tree.sizeBytes[inode]!;
  }
  return { countFiles, countFolders, countInodes: tree.countInodes, sourceBytes };
}
