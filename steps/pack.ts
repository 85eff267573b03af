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
import { nowSeconds } from "../host/clock.ts";
import { sourceDateEpoch } from "../host/source_date_epoch.ts";
import { makeRing } from "../host/threads/ring.ts";
import { type Image, withProblems } from "../pipeline/image.ts";
import type { OptionsSchema } from "../pipeline/options.ts";
import { factOfProblem, type Problem } from "../pipeline/problem.ts";
import {
  defineStep,
  type Fact,
  type PreviewContext,
  type ScannedSource,
  type Step,
  type StepContext,
} from "../pipeline/step.ts";
import { neededSource } from "../source/needed.ts";
import { SourceFile } from "../source/source_file.ts";
import { BLOCK_SIZE_OPTION, blockSizeOf } from "./block_size_option.ts";
import { requireRoom, roomFor } from "./free_space.ts";
import { checkLabel, checkUuid } from "./identity.ts";
import { FileDigests } from "./pack/file_digests.ts";
import { identityOf, newestTime, parseUuid } from "./pack/identity_of_tree.ts";
import { Hasher } from "./pack/image_digest.ts";
import { problemOf, unplannable } from "./pack/notes.ts";
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
  check({ options }) {
    checkLabel(options.label);
    checkUuid(options.uuid);
    sourceDateEpoch();
  },
  async run(image, context): Promise<Image> {
    const source = neededSource(context);
    const plan = planOf(source, context);
    const problems: Problem[] = [];
    const onProblem = (problem: Problem) => {
      problems.push(problem);
      context.emit({ type: "problem", problem });
    };
    for (const note of plan.report) onProblem(problemOf(note, source));
    const { digest, sizeBytes } = await write(image, plan, source, context, onProblem);
    const algorithm = context.options.algorithm;
    return withProblems(
      { ...image, sizeBytes, digests: { ...image.digests, [algorithm]: digest } },
      problems,
    );
  },
  preview(image, context): Promise<Fact[]> {
    const source = neededSource(context);
    const plan = planOf(source, context);
    return Promise.resolve([
      ...factsOf(plan),
      ...roomFor(image.finalPath, plan.sizeBytes),
      ...plan.report.map((note) => factOfProblem(problemOf(note, source))),
    ]);
  },
});

function planOf(source: ScannedSource, context: PreviewContext<typeof options>): Plan {
  const { tree } = source;
  const { options } = context;
  const identity = identityOf(tree, source.base);
  const uuid = options.uuid;
  const planOptions = {
    blockSizeBytes: blockSizeOf(context),
    label: new TextEncoder().encode(options.label ?? ""),
    uuid: uuid === undefined ? identity.uuid : parseUuid(uuid),
    hashSeed: identity.hashSeed,
    writeTimeSeconds: sourceDateEpoch() ?? newestTime(tree, nowSeconds()),
    times: options.times,
    hasRecord: options.record,
    ...(source.base === undefined ? {} : { base: source.base }),
  };
  try {
    return planImage(tree, planOptions);
  } catch (error) {
    throw error instanceof PlanError ? unplannable(error, source) : error;
  }
}

async function write(
  image: Image,
  plan: Plan,
  source: ScannedSource,
  context: StepContext<typeof options>,
  onProblem: (problem: Problem) => void,
): Promise<{ digest: string; sizeBytes: number }> {
  if (image.path !== "-") requireRoom(image.path, plan.sizeBytes);
  await context.announceSize?.(plan.sizeBytes);
  const breather = new Breather(context.signal);
  const sink = image.path === "-" ? stdoutSink() : fileSink(image.path);
  const ring = makeRing(context.options.record ? 2 : 1);
  let hasher: Hasher | undefined;
  let digests: FileDigests | undefined;
  try {
    if (context.options.record) digests = new FileDigests(plan.layout.countUsedInodes, ring);
    hasher = new Hasher(context.options.algorithm, breather, ring, () => digests?.failure);
    const files = new SourceFile(source, onProblem, breather, hasher);
    const sizeBytes = await streamImage(plan.runs(), {
      files: source.reader ?? files,
      sink,
      hasher,
      digests,
      blockless: plan.blockless(),
      breather,
      ...(context.tap === undefined ? {} : { tap: context.tap }),
      onProgress: (done) =>
        context.emit({ type: "progress", done, total: plan.sizeBytes, unit: "bytes" }),
    });
    sink.finish(sizeBytes);
    const { digest, changed } = await hasher.finish();
    for (const { inode, change } of changed) files.reportChange(inode as TreeInode, change);
    return { digest, sizeBytes };
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
