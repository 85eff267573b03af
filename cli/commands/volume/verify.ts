/**
 * `icecore volume verify`: whether a set of volumes is whole.
 * @module
 */

import { merge, object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { optional } from "@optique/core/modifiers";
import { argument, command, constant, option } from "@optique/core/primitives";
import { integer, string } from "@optique/core/valueparser";
import { availableParallelism } from "node:os";
import { dirname, resolve } from "node:path";
import { printable } from "../../../host/libc/paths.ts";
import { UsageError } from "../../../pipeline/build_errors.ts";
import { counted } from "../../../pipeline/words/counted.ts";
import type { ExpectedSet, WrongVolume } from "../../../volumes/set/find_wrong.ts";
import { examples } from "../../arguments/examples.ts";
import { fileValue } from "../../arguments/file_value.ts";
import { EXIT, exitCodes } from "../../exit_codes.ts";
import { interruptible } from "../../interruptible.ts";
import { common, type CommonValues } from "../../output/common_options.ts";
import { note, print, printJson } from "../../output/output.ts";

interface VerifyValues extends CommonValues {
  readonly command: "volume";
  readonly action: "verify";
  readonly set: string;
  readonly to: string | undefined;
  readonly contents: boolean | undefined;
  readonly sample: string | undefined;
  readonly parallel: number | undefined;
}

/** The command. */
export const volumeVerify = {
  parser: command(
    "verify",
    merge(
      object("What and where", {
        action: constant("verify"),
        set: argument(fileValue("SET|PLAN"), {
          description: message`The manifest that run wrote, NAME.volumes, or a plan.`,
        }),
        to: optional(option("--to", fileValue("FOLDER", "directory"), {
          description:
            message`Where the volumes are. Default: beside the manifest; of a plan, the current folder.`,
        })),
      }),
      object("How much", {
        contents: optional(option("--contents", {
          description: message`Read all images whole, as icecore verify does.`,
        })),
        sample: optional(option("--sample", string({ metavar: "SHARE" }), {
          description: message`Read a random part of each image: 1%, or 10G.`,
        })),
        parallel: optional(option("-j", "--parallel", integer({ metavar: "N", min: 1, max: 256 }), {
          description: message`How many images are read at a time. Default: one a processor.`,
        })),
      }),
      common,
    ),
    {
      brief: message`Verify a set of volumes.`,
      description:
        message`Names volumes that are missing, extra, altered or swapped, from the manifest and the ends of the images, in moments. Contents are read only where that is asked for.`,
      footer: examples(
        "Examples:",
        "  icecore volume verify /backup/archive.volumes",
        "  icecore volume verify /backup/archive.volumes --sample 1% -j 8",
        "  icecore volume verify archive.plan --to /backup --contents",
        "",
        ...exitCodes({ verificationFailed: "something is wrong (named)" }),
      ),
    },
  ),
  async run(values: VerifyValues): Promise<number> {
    return await interruptible((signal) => verifySet(values, signal));
  },
};

async function verifySet(values: VerifyValues, signal: AbortSignal): Promise<number> {
  if (values.contents === true && values.sample !== undefined) {
    throw new UsageError(
      "cannot verify all contents and a sample of them at once. Leave out --contents or --sample.",
      "unusable-flag",
    );
  }
  const { findWrong } = await import("../../../volumes/set/find_wrong.ts");
  const { folder, expected } = await expectedSet(values);
  let countWrong = 0;
  for await (const wrong of findWrong(folder, expected, signal)) {
    if (wrong.kind !== "superseded") countWrong++;
    show(values, wrong);
  }
  const read = await readContents(values, folder, expected, signal);
  const isWrong = countWrong > 0 || read.isWrong;
  if (values.json === true) {
    const { name, volumes } = expected;
    printJson({ type: "verified", name, countVolumes: volumes.length, countWrong, isWrong });
  } else if (!isWrong && !read.hasFailed) {
    const how = values.contents === true
      ? "their contents are what was stored"
      : values.sample === undefined
      ? "as they were built; contents were not read"
      : `as they were built, and so is ${printable(values.sample)} of their contents`;
    print(`${printable(expected.name)}: ${counted(expected.volumes.length, "volume")}, ${how}`);
  }
  if (isWrong) return EXIT.verificationFailed;
  return read.hasFailed ? EXIT.failed : EXIT.done;
}

/** What there is to be, by the manifest where there is one. */
async function expectedSet({ set, to }: VerifyValues): Promise<{
  readonly folder: string;
  readonly expected: ExpectedSet;
}> {
  const { readPlan } = await import("../../../volumes/plan/read_plan.ts");
  const { isManifest, manifestPath, readManifest } = await import(
    "../../../volumes/set/manifest.ts"
  );
  const { expectedByEntries, expectedByManifest } = await import(
    "../../../volumes/set/find_wrong.ts"
  );
  if (await isManifest(set)) {
    const manifest = (await readManifest(set))!;
    return { folder: resolve(to ?? dirname(set)), expected: expectedByManifest(manifest) };
  }
  const plan = await readPlan(set);
  const folder = resolve(to ?? ".");
  const manifest = await readManifest(manifestPath(folder, plan));
  const expected = manifest === undefined
    ? expectedByEntries(plan, folder)
    : expectedByManifest(manifest, plan);
  return { folder, expected };
}

async function readContents(
  values: VerifyValues,
  folder: string,
  { volumes }: ExpectedSet,
  signal: AbortSignal,
) {
  const { contents, sample, parallel, verbose } = values;
  if (contents !== true && sample === undefined) return { isWrong: false, hasFailed: false };
  const { verifyImages } = await import("../../../volumes/run/verify_images.ts");
  return await verifyImages(volumes, {
    folder,
    parallel: parallel ?? availableParallelism(),
    args: sample === undefined ? [] : ["--sample", sample],
    signal,
    onVerified(file) {
      if (values.json === true) printJson({ type: "volume-verified", file });
      else if (verbose === true) note(`${file} verified`);
    },
    onFailure(file, text) {
      if (values.json === true) {
        printJson({ type: "failure", kind: "contents", file, message: text });
      } else print(`contents: ${printable(`${file}: ${text}`)}`);
    },
  });
}

function show({ json, quiet }: VerifyValues, { kind, file, message: text }: WrongVolume): void {
  if (json === true) return printJson({ type: "failure", kind, file, message: text });
  if (kind !== "superseded") return print(`${kind}: ${printable(text)}`);
  if (quiet !== true) note(`icecore: ${printable(text)}`);
}
