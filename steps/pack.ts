/**
 * `pack`: plans the whole file system, then writes the finished image front to back in one pass,
 * hashing it meanwhile. Needs no root, no mount and no programs.
 * @module
 */

import { PlanError } from "../ext4/image_errors.ts";
import { type Plan, planImage } from "../ext4/plan_image.ts";
import type { TreeInode } from "../ext4/tree.ts";
import { Breather } from "../host/breathe.ts";
import { ALGORITHMS } from "../host/digests/file_digest.ts";
import { startDigests } from "../host/digests/hash.ts";
import { nowSeconds } from "../host/clock.ts";
import { sourceDateEpoch } from "../host/source_date_epoch.ts";
import { LITTLE_BYTES, makeRing } from "../host/threads/ring.ts";
import { type Image, withProblems } from "../pipeline/image.ts";
import type { OptionsSchema } from "../pipeline/options.ts";
import { factOfProblem, isLoss, type Problem } from "../pipeline/problem.ts";
import {
  defineStep,
  type Fact,
  type PreviewContext,
  type ScannedSource,
  type Step,
  type StepContext,
} from "../pipeline/step.ts";
import type { FileReader } from "../pipeline/scanned_source.ts";
import { neededSource } from "../source/needed.ts";
import { isSettled } from "../source/settling.ts";
import { SourceFile } from "../source/source_file.ts";
import { BLOCK_SIZE_OPTION, blockSizeOf } from "./block_size_option.ts";
import { requireRoom, roomFor } from "./free_space.ts";
import { checkLabel, checkUuid } from "./identity.ts";
import { type Equality, findEqualFiles } from "./dedupe/equal_files.ts";
import { sharingFacts, sharingOf } from "./dedupe/sharing.ts";
import { changedContents, unchangedAmong } from "./dedupe/witness.ts";
import { CLONED_BLOCK_BYTES } from "./pack/cloner.ts";
import { FileDigests } from "./pack/file_digests.ts";
import { identityOf, newestTime, parseUuid } from "./pack/identity_of_tree.ts";
import { Hasher } from "./pack/image_digest.ts";
import { problemOf, unplannable } from "./pack/notes.ts";
import {
  checkReflink,
  clonerFor,
  explainCopies,
  REFLINK_OPTION,
  takesRoom,
} from "./pack/reflink.ts";
import { Pace } from "./pack/pace.ts";
import { fileSink } from "./pack/sink.ts";
import { stdoutSink } from "./pack/stdout_sink.ts";
import { streamImage } from "./pack/stream_image.ts";

const options = {
  label: { type: "string", help: "the volume's name, at most 16 bytes" },
  uuid: { type: "string", help: "the volume's UUID; derived from the tree when absent" },
  blockSize: BLOCK_SIZE_OPTION,
  times: {
    type: "string",
    help: "which times to store: mtime in all places, or all four",
    choices: ["mtime", "all"],
    default: "mtime",
  },
  record: {
    type: "boolean",
    help: "store a SHA-256 of each file's contents in the image, so that it can be verified",
    default: true,
  },
  dedupe: {
    type: "boolean",
    help: "store equal files once; files of one size are read twice for it",
    default: false,
  },
  reflink: REFLINK_OPTION,
  limit: {
    type: "size",
    help: "read, and hand on to uploads, no more than this a second",
    least: 1,
  },
  algorithm: {
    type: "string",
    help: "the digest that is made while writing",
    choices: ALGORITHMS,
    default: "sha512",
  },
} as const satisfies OptionsSchema;

/** Writes the image with the native engine. */
export const pack: Step = defineStep({
  name: "pack",
  summary: "plan the whole file system, then write and hash it in one pass",
  accepts: ["planned"],
  leaves: "sealed",
  shell: false,
  streams: true,
  options,
  check({ options, output }) {
    checkLabel(options.label);
    checkUuid(options.uuid);
    checkReflink(options.reflink, options.blockSize, output);
    sourceDateEpoch();
  },
  async run(image, context): Promise<Image> {
    const source = neededSource(context);
    const equality = await equalityOf(source, context);
    const plan = planOf(source, context, equality);
    const problems: Problem[] = [];
    const onProblem = (problem: Problem) => {
      problems.push(problem);
      context.emit({ type: "problem", problem });
    };
    for (const note of plan.report) onProblem(problemOf(note, source));
    const parts = { plan, source, equality, problems, onProblem };
    const { digest, sizeBytes, clonedBytes } = await write(image, parts, context);
    const algorithm = context.options.algorithm;
    const report = {
      ...image.report,
      ...(equality === undefined ? {} : { sharing: sharingOf(plan, equality) }),
      ...(clonedBytes === 0 ? {} : { clonedBytes }),
    };
    return withProblems(
      { ...image, sizeBytes, digests: { ...image.digests, [algorithm]: digest }, report },
      problems,
    );
  },
  async preview(image, context): Promise<Fact[]> {
    const source = neededSource(context);
    const equality = await equalityOf(source, context);
    const plan = planOf(source, context, equality);
    return [
      ...factsOf(plan),
      ...(equality === undefined ? [] : sharingFacts(sharingOf(plan, equality))),
      ...(context.options.reflink === "never" ? roomFor(image.finalPath, plan.sizeBytes) : []),
      ...plan.report.map((note) => factOfProblem(problemOf(note, source))),
    ];
  },
});

/** What is to be written. */
interface PackParts {
  readonly plan: Plan;
  readonly source: ScannedSource;
  /** Which files are stored once; absent where that was not asked for. */
  readonly equality: Equality | undefined;
  /** Those named so far. */
  readonly problems: readonly Problem[];
  onProblem(problem: Problem): void;
}

/** Looks for equal files, where that is asked for. */
async function equalityOf(
  source: ScannedSource,
  context: PreviewContext<typeof options>,
): Promise<Equality | undefined> {
  const { signal, emit } = context;
  if (!context.options.dedupe) return undefined;
  const { limit } = context.options;
  const breather = new Breather(signal);
  return await findEqualFiles(source.knownDigests ?? new Map(), {
    source,
    breather,
    pace: limit === undefined ? undefined : new Pace(limit, breather),
    onProgress: (done, total) => emit({ type: "progress", done, total, unit: "bytes" }),
  });
}

function planOf(
  source: ScannedSource,
  context: PreviewContext<typeof options>,
  equality: Equality | undefined,
): Plan {
  const { tree } = source;
  const { options } = context;
  const identity = identityOf(tree, source.base);
  const uuid = options.uuid;
  const planOptions = {
    blockSizeBytes: options.reflink === "always" ? CLONED_BLOCK_BYTES : blockSizeOf(context),
    label: new TextEncoder().encode(options.label ?? ""),
    uuid: uuid === undefined ? identity.uuid : parseUuid(uuid),
    hashSeed: identity.hashSeed,
    writeTimeSeconds: sourceDateEpoch() ?? newestTime(tree, nowSeconds()),
    times: options.times,
    hasRecord: options.record,
    ...(source.base === undefined ? {} : { base: source.base }),
    equalTo: equality?.equalTo,
  };
  try {
    return planImage(tree, planOptions);
  } catch (error) {
    throw error instanceof PlanError ? unplannable(error, source) : error;
  }
}

async function write(
  image: Image,
  { plan, source, equality, problems, onProblem }: PackParts,
  context: StepContext<typeof options>,
): Promise<{ digest: string; sizeBytes: number; clonedBytes: number }> {
  const { reflink, limit } = context.options;
  if (image.path !== "-" && takesRoom(reflink, image.path)) {
    requireRoom(image.path, plan.sizeBytes);
  }
  await context.announceSize?.(plan.sizeBytes);
  const breather = new Breather(context.signal);
  const sink = image.path === "-" ? stdoutSink() : fileSink(image.path, reflink !== "never");
  const needsDigests = context.options.record || plan.layout.countSharedFiles > 0;
  // A thread for the digests of the files would hardly have begun.
  const isLittle = plan.sizeBytes < LITTLE_BYTES;
  const ring = makeRing(needsDigests && !isLittle ? 2 : 1, plan.sizeBytes);
  let hasher: Hasher | undefined;
  let digests: FileDigests | undefined;
  try {
    const here = needsDigests && isLittle ? await startDigests("sha256") : undefined;
    if (needsDigests) digests = new FileDigests(plan.layout.countUsedInodes, ring, here);
    hasher = new Hasher(context.options.algorithm, breather, ring, () => digests?.failure);
    const files = new SourceFile(source, onProblem, breather, hasher);
    const readFrom = equality && unchangedAmong(source, equality);
    const cloner = clonerFor(reflink, plan.layout.blockSizeBytes, sink);
    const sizeBytes = await streamImage(plan.runs(), {
      // What is cloned is not read, and of equal files it is decided late which one is.
      files: source.reader ??
        (cloner ?? readFrom ? files : filesAhead(plan, source, files, onProblem)),
      sink,
      hasher,
      digests,
      readFrom,
      others: { blockless: plan.blockless(), shared: plan.shared() },
      cloner,
      pace: limit === undefined ? undefined : new Pace(limit, breather),
      pathOf: (inode) => source.pathOf(inode),
      breather,
      ...(context.tap === undefined ? {} : { tap: context.tap }),
      onProgress: (done) =>
        context.emit({ type: "progress", done, total: plan.sizeBytes, unit: "bytes" }),
    });
    sink.finish(sizeBytes);
    const { digest, changed } = await hasher.finish();
    for (const { inode, change } of changed) files.reportChange(inode as TreeInode, change);
    if (equality !== undefined && digests !== undefined) {
      const digestOf = (number: number) => digests!.digestOf(number);
      for (const problem of changedContents(source, equality, plan.shared(), digestOf)) {
        // Whoever read it may have noticed as well.
        const isNamed = problems.some((each) => isLoss(each) && each.path === problem.path);
        if (!isNamed) onProblem(problem);
      }
    }
    explainCopies(reflink, cloner, context.emit);
    return { digest, sizeBytes, clonedBytes: cloner?.cloned.bytes ?? 0 };
  } finally {
    // The thread ends also where closing fails, as it does where a server's disk is full.
    try {
      sink.close();
    } finally {
      await hasher?.close();
      digests?.close();
    }
  }
}

/** Has other threads read the files, where that helps. */
function filesAhead(
  plan: Plan,
  { ahead, tree, ctime }: ScannedSource,
  direct: SourceFile,
  onProblem: (problem: Problem) => void,
): FileReader {
  return ahead?.reader({
    direct,
    placeOf: (inode) => ahead.placeOf(inode),
    upcoming: plan.files(),
    isSettled: (inode) => isSettled({ mtime: tree.mtime, ctime }, inode),
    onProblem,
  }) ?? direct;
}

function factsOf({ layout, sizeBytes }: Plan): Fact[] {
  return [
    { label: "size of the image", value: sizeBytes, unit: "bytes" },
    { label: "block size", value: layout.blockSizeBytes, unit: "bytes" },
    { label: "blocks", value: layout.countBlocks },
    { label: "blocks of metadata", value: layout.countMetadataBlocks },
    { label: "block groups", value: layout.countGroups },
    { label: "inodes", value: layout.countUsedInodes },
    { label: "data begins at", value: layout.dataOffsetBytes, unit: "bytes" },
    { label: "features", value: layout.features.join(" ") },
  ];
}
