/**
 * The flags that help with an error. The library speaks of options and places, as a program knows
 * them; which flag of a command that is, this table says by the error's code.
 * @module
 */

import { codeOf, StepError, UsageError } from "../../pipeline/build_errors.ts";

/** What is known of an error besides its code: `step`, `option`, `after`. */
type Fields = Readonly<Record<string, string>>;

/** A flag, by the name of its value in the commands that have it. */
type Flags = Readonly<
  Record<string, string | ((fields: Fields, values: object) => string | undefined)>
>;

/** With `--to` nobody names an image. */
const OUTPUT: Flags = { output: (_, values) => has(values, "to") ? "--to" : "-o" };
const OTHER_RECIPE: Flags = { ...OUTPUT, recipe: "--recipe native" };
const BASE: Flags = { bases: "--base", base: "--base" };
const SETTING: Flags = { set: ({ option }) => option && `--set ${option}=VALUE` };

/** By the code of the error. */
const FLAGS: Readonly<Record<string, Flags>> = {
  "output-exists": { force: "--force", ...OUTPUT },
  "in-the-way": OUTPUT,
  "output-busy": OUTPUT,
  "output-in-source": { ...OUTPUT, exclude: "--exclude" },
  "output-is-base": OUTPUT,
  "not-writable": OUTPUT,
  "not-written": OUTPUT,
  "name-too-long": OUTPUT,
  "no-folder": OUTPUT,
  "no-output": OUTPUT,
  "disk-full": OUTPUT,
  "file-too-large": OUTPUT,
  "no-file": OUTPUT,
  "no-payload": OUTPUT,
  "cannot-stream": OUTPUT,
  "no-stream": OTHER_RECIPE,
  "bad-output": OTHER_RECIPE,
  "not-root": { recipe: "--recipe native", without: "--without" },
  "lost-and-found": { exclude: "--exclude", recipe: "--recipe native" },
  "image-full": { size: "--size" },
  "source-lost": { strict: "--strict" },
  "stream-is-gone": { hash: "--hash" },
  "exclude-from": { excludeFrom: "--exclude-from" },
  "no-side-file": { sources: "--source", noDigest: "--no-digest" },
  "bad-side-file": { noDigest: "--no-digest" },
  "base-missing": BASE,
  "wrong-base": BASE,
  "base-unreadable": BASE,
  "volume-exists": { force: "--force", to: "--to" },
  "built-otherwise": { force: "--force", to: "--to" },
  "no-redis": { redis: "--redis" },
  "no-image": { volumes: "--volumes" },
  "wrong-volume": { volumes: "--volumes" },
  "layer-record": { layer: "--layer" },
  "no-identity": { identity: "--identity FILE" },
  "wrong-identity": { identity: "--identity FILE" },
  "bad-identity": { identity: "--identity FILE" },
  "nothing-to-go-by": { identity: "--identity FILE" },
  "which-partition": { partition: "--partition" },
  "no-such-partition": { partition: "--partition" },
  "offset-outside": { imageOffset: "--image-offset" },
  "offset-and-partition": { partition: "--partition", imageOffset: "--image-offset" },
  journal: { ignoreJournal: "--ignore-journal" },
  "missing-option": SETTING,
  "bad-setting": SETTING,
  "bad-order": { use: ({ step, after }) => after && `--use after:${after}=${step}` },
  "bad-reflink": { reflink: "--reflink auto" },
  "no-reflink": { reflink: "--reflink auto" },
  "no-systemd": { install: "--install" },
  untrusted: { trust: "--trust" },
  "copy-failed": { verbose: "--verbose" },
  "unknown-step": { use: ({ step }) => step && `--use after:STEP=${step}` },
  "port-in-use": { port: "--port" },
  "cannot-listen": { host: "--host", port: "--port" },
  timeout: { set: ({ step }) => `--set ${step}.timeout=SECONDS` },
};

/**
 * The flags of a command that help with an error, or with what caused it.
 *
 * @param values The command's values: it has the flags whose values are there, given or not.
 */
export function helpfulFlags(error: unknown, values: object): string[] {
  let fields: Fields = {};
  for (let each = error; each instanceof Error; each = each.cause) {
    if (each instanceof StepError) fields = { step: each.step };
    if (each instanceof UsageError) fields = { ...fields, ...each.fields };
    const flags = Object.entries(FLAGS[codeOf(each)] ?? {})
      .filter(([name]) => name in values)
      .map(([, flag]) => typeof flag === "string" ? flag : flag(fields, values));
    if (flags.length > 0) return flags.filter((flag) => flag !== undefined);
  }
  return [];
}

function has(values: object, name: string): boolean {
  return (values as Readonly<Record<string, unknown>>)[name] !== undefined;
}
