/**
 * `icecore merge`: one full image out of an image and those that it lies on.
 * @module
 */

import { merge as mergeParsers, object } from "@optique/core/constructs";
import { message, text } from "@optique/core/message";
import { multiple, optional } from "@optique/core/modifiers";
import { command, constant, option } from "@optique/core/primitives";
import { choice, string } from "@optique/core/valueparser";
import { resolve } from "node:path";
import { ALGORITHMS } from "../../host/digests/file_digest.ts";
import { mergeImage } from "../../image/merge_image.ts";
import type { EventSink } from "../../pipeline/events.ts";
import { examples } from "../arguments/examples.ts";
import { fileValue } from "../arguments/file_value.ts";
import { imageArgument } from "../arguments/image_argument.ts";
import { decrypting, type DecryptingValues, decryptionOptions } from "../arguments/identities.ts";
import { serverOptions, servers, type ServersValues } from "../arguments/servers.ts";
import { EXIT, exitCodes } from "../exit_codes.ts";
import { interruptible } from "../interruptible.ts";
import { briefOf } from "../manual/brief_of.ts";
import { common, type CommonValues } from "../output/common_options.ts";
import { requireImageStdout } from "../output/image_stdout.ts";
import { jsonTarget, note, print } from "../output/output.ts";
import { rendererFor } from "../rendering/renderer.ts";
import { digestLineOf } from "../rendering/result_line.ts";

interface MergeValues extends CommonValues, DecryptingValues, ServersValues {
  readonly command: "merge";
  readonly image: string;
  readonly output: string;
  readonly through: string | undefined;
  readonly bases: readonly string[];
  readonly label: string | undefined;
  readonly uuid: string | undefined;
  readonly blockSize: string | undefined;
  readonly hash: string | undefined;
  readonly force: boolean | undefined;
}

const BLOCK_SIZES = ["auto", "1024", "2048", "4096"] as const;

/** The command. */
export const merge = {
  parser: command(
    "merge",
    mergeParsers(
      object("What and where", {
        command: constant("merge"),
        image: imageArgument,
        output: option("-o", "--output", fileValue("FULL"), {
          description: message`The image to write; - for stdout.`,
        }),
        through: optional(option("--through", fileValue("LAYER"), {
          description:
            message`Merge only this image, which IMAGE lies on, with those below it: its path, or its name.`,
        })),
        bases: multiple(option("--base", fileValue("IMAGE|FOLDER"), {
          description:
            message`Where an image that IMAGE was built on is, when it is not beside it: the image, or a folder with it.`,
        })),
      }),
      object("How", {
        blockSize: optional(option("--block-size", choice(BLOCK_SIZES, { metavar: "SIZE" }), {
          description:
            message`Bytes of a block: 1024, 2048, 4096, or auto, the default: what gives the smallest image.`,
        })),
        label: optional(option("--label", string({ metavar: "LABEL" }), {
          description: message`The volume's name, at most 16 bytes. Default: that of IMAGE.`,
        })),
        uuid: optional(option("--uuid", string({ metavar: "UUID" }), {
          description:
            message`The volume's UUID. Default: derived from the tree, as build does it.`,
        })),
        hash: optional(option("--hash", choice(ALGORITHMS, { metavar: "ALGORITHM" }), {
          description: message`The digest's algorithm: ${
            text(ALGORITHMS.join(", "))
          }. Default: sha512.`,
        })),
        force: optional(option("--force", {
          description: message`Replace an image that is there already.`,
        })),
      }),
      decrypting,
      servers,
      common,
    ),
    {
      brief: briefOf("merge"),
      description:
        message`Builds FULL and FULL.sha512 without the folder that the images were built of: the image that a full build of it would have made then. Contents are compared with the records of the images while they are copied.`,
      footer: examples(
        "Examples:",
        "  icecore merge /backup/photos-dec.img -o /backup/photos-2026.img",
        "  icecore merge photos-dec.img --through photos-jun.img -o photos-half.img",
        "",
        ...exitCodes({ verificationFailed: "a file is not what its record says (named)" }),
      ),
    },
  ),
  async run(values: MergeValues): Promise<number> {
    const renderer = rendererFor(values, jsonTarget(values));
    const say = (text: string) => renderer.emit({ type: "message", level: "warning", text });
    try {
      return await interruptible((signal) => runMerge(values, renderer.emit, signal), say);
    } finally {
      renderer.end();
    }
  },
};

async function runMerge(
  values: MergeValues,
  emit: EventSink,
  signal: AbortSignal,
): Promise<number> {
  const { image: location, output, bases, through, label, uuid, blockSize, hash, force } = values;
  if (output === "-") requireImageStdout("merge IMAGE");
  const { image } = await mergeImage(location, output === "-" ? output : resolve(output), {
    bases,
    ...(through === undefined ? {} : { through }),
    ...(label === undefined ? {} : { label }),
    ...(uuid === undefined ? {} : { uuid }),
    ...(blockSize === undefined ? {} : { blockSize }),
    ...(hash === undefined ? {} : { algorithm: hash }),
    force: force === true,
    ...decryptionOptions(values),
    ...serverOptions(values),
    signal,
    emit,
  });
  const line = digestLineOf(image, output);
  // Among events a line for people would be one that no JSON parser takes.
  if (values.json !== true) output === "-" ? note(line) : print(line);
  return EXIT.done;
}
