/**
 * `since`: keeps of what was scanned only what differs from a base, so that the image becomes a
 * layer: overlayfs, or icecore, reads it together with the base as one tree.
 * @module
 */

import { isWhiteout } from "../ext4/overlay_marks.ts";
import { hasType, S_IFREG, type Tree, type TreeInode } from "../ext4/tree.ts";
import { shownLocation } from "../host/block_source/location.ts";
import { Breather } from "../host/breathe.ts";
import { nowMs } from "../host/clock.ts";
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
import { counted } from "../pipeline/words/counted.ts";
import { neededSource } from "../source/needed.ts";
import { isOfTheFuture } from "../source/settling.ts";
import { problemOf } from "./pack/notes.ts";
import type { BaseImage, OpenBase } from "./since/base_image.ts";
import { fileFacts } from "./dry_listing.ts";
import { CHANGE, type Changes } from "./since/changes.ts";
import { compareWithBase } from "./since/compare.ts";
import { Pace } from "./pack/pace.ts";
import { ContentComparison } from "./since/contents.ts";
import { layerSource } from "./since/layer_source.ts";
import { layerTree } from "./since/layer_tree.ts";
import { OpenedBases } from "./since/opened_bases.ts";
import { RowComparison } from "./since/row_comparison.ts";
import { dataRangesOfStored } from "./since/stored_holes.ts";
import { factsOf, sentenceOf } from "./since/summary.ts";

const options = {
  base: {
    type: "string",
    help: "the image that this one is built on: a path, http(s)://… or s3://…",
    required: true,
  },
  bases: {
    type: "strings",
    help: "where images below the base are, if not beside it: images, or folders of images",
    default: [],
  },
  identity: {
    type: "strings",
    help: "of an encrypted base: files with private keys, of age-keygen or ssh-keygen",
    default: [],
  },
  unchangedBy: {
    type: "string",
    help:
      "what shows that a file is unchanged: its size and times, or its contents, which are read",
    choices: ["times", "content"],
    default: "times",
  },
  limit: {
    type: "size",
    help: "read no more than this a second where contents are compared",
    least: 1,
  },
  listFiles: {
    type: "boolean",
    help: "name in a dry run each file, and what becomes of it",
    default: false,
  },
} as const satisfies OptionsSchema;

type Context = PreviewContext<typeof options>;

/** Makes the step. @param open opens a base: steps know no reader of images */
export function sinceStep(open: OpenBase): Step {
  const bases = new OpenedBases(open);
  return defineStep({
    name: "since",
    summary: "keep only what changed since a base image was made",
    after: "scan",
    accepts: ["planned"],
    shell: false,
    options,
    async check(context) {
      context.defer(() => bases.close(context.options));
      await bases.open(context.options, context);
    },
    async run(image, context): Promise<Image> {
      const { problems, changes, source } = await keepChanges(context, bases);
      for (const problem of problems) context.emit({ type: "problem", problem });
      const text = sentenceOf(changes, source, shownLocation(context.options.base));
      context.emit({ type: "message", level: "info", text });
      return withProblems(image, problems);
    },
    async preview(_image, context): Promise<Fact[]> {
      const { problems, changes, source, base } = await keepChanges(context, bases);
      return [
        { label: "base", value: shownLocation(context.options.base) },
        { label: "images below", value: base.binding.depth },
        { label: "unchanged by", value: basisOf(base, context.options.unchangedBy) },
        ...factsOf(changes, source),
        ...problems.map(factOfProblem),
        ...(context.options.listFiles
          ? fileFacts(source, (row) => WORDS[changes.change[row]!] ?? "stored")
          : []),
      ];
    },
  });
}

/** What becomes of a file, by its {@linkcode CHANGE}. */
const WORDS: Readonly<Record<number, string>> = {
  [CHANGE.none]: "not stored, unchanged",
  [CHANGE.new]: "stored, new",
  [CHANGE.contents]: "stored, changed",
  [CHANGE.metadata]: "stored, other metadata",
  [CHANGE.links]: "stored, other names",
};

interface Kept {
  readonly source: ScannedSource;
  readonly changes: Changes;
  readonly base: Pick<BaseImage, "binding" | "hasAllTimes">;
  readonly problems: readonly Problem[];
}

/** Compares, and hands the layer's tree on. */
async function keepChanges(context: Context, bases: OpenedBases): Promise<Kept> {
  const source = neededSource(context);
  const { signal, options } = context;
  const breather = new Breather(signal);
  const base = bases.of(options);
  try {
    await base.requireSound();
    const changes = await compare(source, base, context, breather);
    const dataRanges = await dataRangesOfStored(source, changes, signal);
    const layer = await layerTree({ ...source.tree, dataRanges }, changes, breather);
    context.provideSource(layerSource(source, layer, base.binding));
    const problems = [
      ...changes.notes.map((note) => problemOf(note, source)),
      ...unshowable(source),
    ];
    return { source, changes, base, problems };
  } finally {
    await bases.close(options);
  }
}

async function compare(
  source: ScannedSource,
  base: BaseImage,
  { options, emit }: Context,
  breather: Breather,
): Promise<Changes> {
  const startMs = nowMs();
  for (const text of futureTimes(source, startMs)) {
    emit({ type: "message", level: "warning", text });
  }
  let contents: Promise<ContentComparison> | undefined;
  const pace = options.limit === undefined ? undefined : new Pace(options.limit, breather);
  const rows = new RowComparison(source, base, {
    readsContents: options.unchangedBy === "content",
    contents: () => contents ??= ContentComparison.of(source, breather, pace),
    nowMs: startMs,
  });
  return await compareWithBase(source.tree, base, rows, breather);
}

/** More are counted and not named: where a clock was wrong, it may be all. */
const MOST_NAMED = 20;

function futureTimes({ tree, ctime, pathOf }: ScannedSource, nowMs: number): string[] {
  const rows: TreeInode[] = [];
  for (let row = 0 as TreeInode; row < tree.countInodes; row++) {
    if (!hasType(tree, row, S_IFREG)) continue;
    if (isOfTheFuture({ mtime: tree.mtime, ctime }, row, nowMs)) rows.push(row);
  }
  const named = rows.slice(0, MOST_NAMED).map((row) =>
    `${pathOf(row)} has a time that is still to come: it is compared by its contents`
  );
  const more = rows.length - named.length;
  if (more > 0) named.push(`so it is with ${counted(more, "more file")}`);
  return named;
}

/** Devices 0/0: in a layer they would say that their names are gone. */
function unshowable({ tree, pathOf }: ScannedSource): Problem[] {
  return [...tree.devices]
    .filter(([row, device]) => isWhiteout(tree.mode[row]!, device) && isNamed(tree, row))
    .map(([row]) => ({
      kind: "unsupported",
      path: pathOf(row),
      reason: "a character device 0/0 is the mark for a name that is gone, in every layer and in " +
        "what lies below one; it is left out",
    }));
}

function isNamed(tree: Tree, row: TreeInode): boolean {
  return tree.countNames[row]! > 0;
}

function basisOf({ hasAllTimes }: Pick<BaseImage, "hasAllTimes">, unchangedBy: string): string {
  if (unchangedBy === "content") return "metadata and contents";
  return hasAllTimes
    ? "metadata and all times but that of access"
    : "metadata and time of modification; the base keeps no change times";
}
