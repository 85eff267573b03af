/**
 * `icecore verify`: is the image what it was?
 * @module
 */

import { merge, object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { multiple, optional } from "@optique/core/modifiers";
import { argument, command, constant, option } from "@optique/core/primitives";
import { integer, string } from "@optique/core/valueparser";
import { statSync } from "node:fs";
import { PathError } from "../../ext4/reader/path_error.ts";
import { shownLocation } from "../../host/block_source/location.ts";
import { printable } from "../../host/libc/paths.ts";
import { type VerifiedImage, verifyImage, type VerifyImageOptions } from "../../image/verify.ts";
import { quoted } from "../../image/no_image/shell_words.ts";
import { UsageError } from "../../pipeline/build_errors.ts";
import { counted } from "../../pipeline/words/counted.ts";
import { examples } from "../arguments/examples.ts";
import { fileValue } from "../arguments/file_value.ts";
import { decrypting, type DecryptingValues, decryptionOptions } from "../arguments/identities.ts";
import { leavingOut, type LeavingOutValues, leftOut } from "../arguments/left_out.ts";
import { sampleSizeOf } from "../arguments/sample_size.ts";
import { serverOptions, servers, type ServersValues } from "../arguments/servers.ts";
import { stackOptions, stacks, type StacksValues } from "../arguments/stacks.ts";
import { within, withinOptions, type WithinValues } from "../arguments/within.ts";
import { EXIT, exitCodes } from "../exit_codes.ts";
import { interruptible } from "../interruptible.ts";
import { briefOf } from "../manual/brief_of.ts";
import { common, type CommonValues, isInteractive, wantsColor } from "../output/common_options.ts";
import { jsonLocation } from "../output/json_location.ts";
import { note, print, printJson } from "../output/output.ts";
import { noteTraffic } from "../output/traffic.ts";
import { ProgressLine } from "../rendering/progress_line.ts";
import { shareLine, shownOn } from "../verifying/shown_verification.ts";

interface VerifyValues
  extends
    CommonValues,
    DecryptingValues,
    LeavingOutValues,
    StacksValues,
    ServersValues,
    WithinValues {
  readonly command: "verify";
  readonly image: string;
  readonly sources: readonly string[];
  readonly noDigest: boolean | undefined;
  readonly paths: readonly string[];
  readonly sample: string | undefined;
  readonly seed: number | undefined;
  readonly all: boolean | undefined;
  readonly metrics: string | undefined;
}

/** The command. */
export const verify = {
  parser: command(
    "verify",
    merge(
      object("What", {
        command: constant("verify"),
        image: argument(fileValue("IMAGE"), {
          description:
            message`The image: a file, a device, or an http(s) or s3 URL; with --all a folder of images.`,
        }),
        paths: multiple(argument(string({ metavar: "PATH" }), {
          description:
            message`Verify these files and folders of the image only, by the record of their contents.`,
        })),
        sample: optional(option("--sample", string({ metavar: "SHARE" }), {
          description:
            message`Verify a random part only, by the record: 5% of the contents, or 20G of them.`,
        })),
        seed: optional(option("--seed", integer({ metavar: "N", min: 0, max: 0xffff_ffff }), {
          description: message`Repeat the choice of a --sample that printed this number.`,
        })),
        all: optional(option("--all", {
          description:
            message`Verify every image of a folder once, and note beside each what was found.`,
        })),
        metrics: optional(option("--metrics", fileValue("FILE"), {
          description: message`With --all: also write the result for Prometheus.`,
        })),
        sources: multiple(option("--source", fileValue("DIR", "directory"), {
          description:
            message`Compare with a folder, file by file: names, contents and metadata. Then no side file is needed.`,
        })),
        noDigest: optional(option("--no-digest", {
          description:
            message`Do not read contents; check the structure, and compare with --source.`,
        })),
      }),
      leavingOut,
      stacks,
      decrypting,
      within,
      servers,
      common,
    ),
    {
      brief: briefOf("verify"),
      description:
        message`Compares the contents of each file with the record in the image, all of IMAGE with IMAGE.sha512 where that is beside it, and checks all checksums and structures of the file system. Each damaged file is named. Of an encrypted or compressed image and of parts, the digest is that of what is stored; what is in it is looked at as well, where that can be opened.`,
      footer: examples(
        "Examples:",
        "  icecore verify /backup/photos.img",
        "  icecore verify /backup/photos.img --source /srv/photos",
        "  icecore verify s3://vault/photos.img --sample 5%",
        "  icecore verify --all /backup",
        "  icecore verify photos.img.age --identity key.txt",
        "",
        ...exitCodes({
          done: "the same",
          failed: "could not be done",
          verificationFailed: "not the same",
        }),
      ),
    },
  ),
  async run(values: VerifyValues): Promise<number> {
    if (values.all === true) return await verifyAll(values);
    if (values.metrics !== undefined) {
      throw new UsageError(
        "cannot use --metrics without --all: they are about all images of a folder. Add --all.",
        "unusable-flag",
      );
    }
    const line = new ProgressLine(values.quiet !== true && isInteractive(), wantsColor(values));
    const { sources } = values;
    const image = shownLocation(values.image);
    line.start(`verify ${image}`);
    try {
      const verified = await interruptible((signal) =>
        verifyImage(values.image, {
          sources,
          ...partOf(values),
          ...leftOut(values),
          ...decryptionOptions(values, () => line.clear()),
          ...withinOptions(values),
          ...serverOptions(values),
          ...stackOptions(values),
          digest: values.noDigest === true ? "never" : "auto",
          signal,
          ...shownOn(line, image, values.json === true),
        })
      );
      line.finish();
      noteTraffic(verified.traffic, values);
      const { digest, record, contents, countInodes, wasReplayed, dropped, below = [] } = verified;
      if (values.json === true) {
        const { algorithm, digest: hex } = digest ?? {};
        const facts = { image: jsonLocation(values.image), algorithm, digest: hex };
        printJson({
          type: "verified",
          ...facts,
          record: record.state,
          ...record.state === "unseen" && { unseen: record.why },
          contents,
          countInodes,
          wasReplayed,
          dropped,
          sources,
          ...below.length > 0 && { below: below.map(belowJson) },
        });
        return EXIT.done;
      }
      if (values.verbose === true) {
        for (const each of [verified, ...below]) noteWhatWasVerified(each);
      }
      if (record.state === "unseen") {
        if (values.quiet !== true) {
          print(`${image}: digest right; ${record.why}: what is in it was not looked at`);
        }
        return EXIT.done;
      }
      const isWhole = values.noDigest !== true && values.paths.length === 0 &&
        values.sample === undefined;
      if (isWhole && digest === undefined && contents === undefined) {
        note(`icecore: ${image} has no side file: its contents were not verified`);
      }
      if (record.state === "stale" || record.state === "unknown") {
        note(`icecore: the record of ${image} was not used: ${record.why}`);
      }
      if (!isWhole && contents !== undefined && values.quiet !== true) note(shareLine(contents));
      if (wasReplayed && values.quiet !== true) {
        note(`icecore: ${image} was not unmounted: it is sound once its journal is replayed`);
      }
      if (dropped !== undefined) {
        note(
          `icecore: warning: the journal of ${image} is damaged at transaction ${dropped.sequence}: ` +
            `that and ${
              counted(dropped.countFollowing, "whole transaction")
            } behind it are lost, ` +
            "for every reader. What was written last may be missing; compare with --source",
        );
      }
      if (values.quiet !== true) {
        print(`${image}: OK`);
        for (const { shownName } of below) print(`${shownName}: OK`);
      }
      return EXIT.done;
    } catch (error) {
      throw withSourceHint(error, values);
    } finally {
      line.clear();
    }
  },
};

async function verifyAll(values: VerifyValues): Promise<number> {
  const { image: folder, sample: share, metrics, paths, sources, noDigest } = values;
  if (paths.length > 0 || sources.length > 0 || noDigest === true) {
    throw new UsageError(
      "cannot use --all with paths, --source or --no-digest: these are about one image. " +
        "Leave them out, or name one image.",
      "unusable-flag",
    );
  }
  const { runVerifyAll } = await import("../verifying/run_verify_all.ts");
  await runVerifyAll({ ...values, folder, share, metrics }, partOf(values));
  return EXIT.done;
}

/** An image that another lies on. */
function belowJson({ shownName, digest, record, contents, countInodes }: VerifiedImage): unknown {
  const { algorithm, digest: hex } = digest ?? {};
  const facts = { image: shownName, algorithm, digest: hex };
  return { ...facts, record: record.state, contents, countInodes };
}

/** Whoever names a folder of the disk behind the image wants to compare with it. */
function withSourceHint(error: unknown, { image, paths }: VerifyValues): unknown {
  if (!(error instanceof PathError)) return error;
  const folder = paths.find((path) => statSync(path, { throwIfNoEntry: false })?.isDirectory());
  if (folder === undefined) return error;
  const words = [quoted(shownLocation(image)), "--source", quoted(printable(folder))];
  return new PathError(
    error.code,
    error.path,
    `${error.message} To compare with the folder ${printable(folder)} on this machine: ` +
      `icecore verify ${words.join(" ")}`,
  );
}

function noteWhatWasVerified(verified: VerifiedImage): void {
  const { digest, contents, countInodes, sources } = verified;
  if (digest !== undefined) {
    note(`digest: ${digest.algorithm} ${digest.digest}, as ${digest.sideFile} says`);
  }
  if (contents !== undefined) {
    note(`contents: ${counted(contents.countFiles, "file")}, as recorded`);
  }
  if (verified.record.state !== "unseen") {
    note(`structure: ${counted(countInodes, "inode")}, every checksum and reference`);
  }
  for (const source of sources) note(`source: ${source}, all names, contents and metadata`);
}

/** Which part of the contents is verified. */
function partOf({ paths, sample, seed }: VerifyValues): VerifyImageOptions {
  if (seed !== undefined && sample === undefined) {
    throw new UsageError(
      "cannot verify: --seed repeats a sample, and none is asked for. Add --sample.",
      "no-sample",
    );
  }
  return {
    ...(paths.length === 0 ? {} : { paths: paths }),
    ...(sample === undefined ? {} : { sample: sampleSizeOf(sample) }),
    ...(seed === undefined ? {} : { seed }),
  };
}
