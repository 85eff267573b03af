/**
 * `icecore serve`: pages to browse images in place.
 * @module
 */

import { merge, object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { multiple, optional } from "@optique/core/modifiers";
import { argument, command, constant, option } from "@optique/core/primitives";
import { integer, string } from "@optique/core/valueparser";
import { examples } from "../arguments/examples.ts";
import { fileValue } from "../arguments/file_value.ts";
import { reading } from "../arguments/image_argument.ts";
import { exitCodes } from "../exit_codes.ts";
import { briefOf } from "../manual/brief_of.ts";
import { common } from "../output/common_options.ts";
import type { ServeValues } from "../serving/serve_values.ts";

/** The command. */
export const serve = {
  parser: command(
    "serve",
    merge(
      object("What", {
        command: constant("serve"),
        images: multiple(
          argument(fileValue("IMAGE"), {
            description:
              message`An image: a file, a block device, an http or https URL, or s3://BUCKET/KEY; or a catalogue, for all of its volumes. Several are shown in one tree.`,
          }),
          {
            min: 1,
            errors: { tooFew: message`cannot serve: no IMAGE was given. Name one or more.` },
          },
        ),
      }),
      object("Where", {
        port: optional(option("--port", integer({ metavar: "N", min: 0, max: 65_535 }), {
          description: message`The port to listen at. Default: any that is free.`,
        })),
        host: optional(option("--host", string({ metavar: "ADDRESS" }), {
          description:
            message`The address to listen at, such as 0.0.0.0 for all of the machine's. Default: 127.0.0.1, which only this machine reaches.`,
        })),
        passwordFile: optional(option("--password-file", fileValue("FILE"), {
          description:
            message`Ask for the password in FILE, with any user name, instead of having a token in the address.`,
        })),
        hostNames: multiple(option("--allow-host", string({ metavar: "NAME" }), {
          description: message`A further name by which the server may be asked, such as a proxy's.`,
        })),
        open: optional(option("--open", {
          description: message`Open the address in the browser.`,
        })),
      }),
      reading,
      common,
    ),
    {
      brief: briefOf("serve"),
      description:
        message`Serves pages to look through images in place, until Ctrl-C: folders, search, thumbnails, pictures, films; files, and folders as tar or zip. Prints the address.`,
      footer: examples(
        "Examples:",
        "  icecore serve photos.img --open",
        "  icecore serve 2023.img 2024.img --host 0.0.0.0 --password-file secret.txt",
        "",
        ...exitCodes({ done: "ended by Ctrl-C" }),
      ),
    },
  ),
  async run(values: ServeValues): Promise<number> {
    const { serveUntilInterrupted } = await import("../serving/serve_until_interrupted.ts");
    return await serveUntilInterrupted(values);
  },
};
