/**
 * The conditions of `icecore find`, all of which must hold.
 * @module
 */

import type { FileKind, Stat } from "../../ext4/reader/metadata/stat.ts";
import { UsageError } from "../../pipeline/build_errors.ts";
import { compileGlob } from "../../source/glob.ts";
import { momentOf } from "./moment.ts";
import { sizeTest } from "./size_test.ts";

/** What may be asked for. */
export interface ConditionValues {
  readonly name: readonly string[];
  readonly iname: readonly string[];
  readonly path: readonly string[];
  readonly kind: string | undefined;
  readonly size: readonly string[];
  readonly newer: string | undefined;
  readonly older: string | undefined;
}

/** What is judged: a name, a path without a slash at its start, and metadata. */
export interface Candidate {
  readonly name: string;
  readonly path: string;
  readonly stat: Pick<Stat, "kind" | "sizeBytes" | "mtime">;
}

type Condition = (candidate: Candidate) => boolean;

/** One condition out of all. @throws UsageError when one cannot be understood. */
export function conditionOf(values: ConditionValues): Condition {
  const conditions: Condition[] = [];
  if (values.name.length + values.iname.length > 0) {
    const matches = anyOf([
      ...values.name.map((glob) => compileGlob(glob)),
      ...values.iname.map((glob) => compileGlob(glob, { ignoresCase: true })),
    ]);
    conditions.push(({ name }) => matches(name));
  }
  if (values.path.length > 0) {
    const matches = anyOf(
      values.path.map((glob) => compileGlob(glob.replace(/^(\.?\/)+/, ""))),
    );
    conditions.push(({ path }) => matches(path));
  }
  if (values.kind !== undefined) {
    const kinds = new Set(values.kind.split(",").map(kindOf));
    conditions.push(({ stat }) => kinds.has(stat.kind));
  }
  for (const size of values.size) {
    const test = sizeTest(size);
    conditions.push(({ stat }) => test(stat.sizeBytes));
  }
  if (values.newer !== undefined) {
    const moment = momentOf(values.newer, "--newer");
    conditions.push(({ stat }) => seconds(stat) > moment);
  }
  if (values.older !== undefined) {
    const moment = momentOf(values.older, "--older");
    conditions.push(({ stat }) => seconds(stat) < moment);
  }
  return (candidate) => conditions.every((condition) => condition(candidate));
}

function anyOf(matchers: readonly ((text: string) => boolean)[]): (text: string) => boolean {
  return (text) => matchers.some((matches) => matches(text));
}

const KINDS: ReadonlyMap<string, FileKind> = new Map([
  ["f", "file"],
  ["d", "folder"],
  ["l", "symlink"],
  ["c", "character-device"],
  ["b", "block-device"],
  ["p", "fifo"],
  ["s", "socket"],
]);

function kindOf(letter: string): FileKind {
  const kind = KINDS.get(letter);
  if (kind !== undefined) return kind;
  throw new UsageError(
    `cannot use ${JSON.stringify(letter)} for --type: there is no such type. ` +
      "Use f (file), d (folder), l (symbolic link), c, b (devices), p (named pipe) or s (socket), " +
      "several as f,l.",
    "bad-type",
  );
}

function seconds({ mtime }: Candidate["stat"]): number {
  return mtime.seconds + mtime.nanoseconds / 1e9;
}
