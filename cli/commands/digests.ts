/**
 * `icecore digests`: what `sha256sum` would print of the files of an image.
 * @module
 */

import { merge, object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { multiple } from "@optique/core/modifiers";
import { argument, command, constant } from "@optique/core/primitives";
import { string } from "@optique/core/valueparser";
import { Buffer } from "node:buffer";
import { printable } from "../../host/libc/paths.ts";
import { type FileDigest, listDigests } from "../../image/digests.ts";
import { formatDigestLine } from "../../pipeline/side_file.ts";
import { examples } from "../arguments/examples.ts";
import {
  imageArgument,
  reading,
  type ReadingValues,
  withImage,
} from "../arguments/image_argument.ts";
import { findTyped } from "../arguments/typed_path.ts";
import { EXIT, exitCodes } from "../exit_codes.ts";
import { textOrBytes } from "../listing/entry_json.ts";
import { briefOf } from "../manual/brief_of.ts";
import { common } from "../output/common_options.ts";
import { ByteLines } from "../output/lines.ts";
import { jsonLine, note } from "../output/output.ts";

interface DigestsValues extends ReadingValues {
  readonly command: "digests";
  readonly paths: readonly string[];
}

/** The command. */
export const digests = {
  parser: command(
    "digests",
    merge(
      object("What", {
        command: constant("digests"),
        image: imageArgument,
        paths: multiple(argument(string({ metavar: "PATH" }), {
          description: message`Only these files and folders of the image.`,
        })),
      }),
      reading,
      common,
    ),
    {
      brief: briefOf("digests"),
      description:
        message`Prints what sha256sum would print in the mounted image, from the record in it: no contents are read.`,
      footer: examples(
        "Examples:",
        "  icecore digests photos.img > photos.sha256",
        "  (cd /mnt && sha256sum -c ~/photos.sha256)",
        "",
        ...exitCodes({ lossy: "done but a file has no digest of this kind (named)" }),
      ),
    },
  ),
  async run(values: DigestsValues): Promise<number> {
    let countMissing = 0;
    const code = await withImage(values, async (image) => {
      const found = [];
      for (const path of values.paths) found.push((await findTyped(image, path)).path);
      const lines = new ByteLines();
      for await (const digest of listDigests(image, { paths: found })) {
        if (values.json === true) lines.add(encoder.encode(jsonLine(digestJson(digest))));
        else if (digest.sha256 !== undefined) lines.add(digestLine(digest.path, digest.sha256));
        if (digest.sha256 !== undefined) continue;
        countMissing++;
        const why = digest.holesSha256 === undefined
          ? "the record has none"
          : "its long holes were not hashed; --json prints the digest of its data";
        note(`icecore: no SHA-256: ${printable(digest.path)}: ${why}`);
      }
      lines.flush();
    });
    return code === EXIT.done && countMissing > 0 ? EXIT.lossy : code;
  },
};

const encoder = new TextEncoder();

/** The line of `sha256sum`, whatever bytes the name has. */
function digestLine(path: Uint8Array, digest: string): Uint8Array {
  const name = Buffer.from(path.buffer, path.byteOffset, path.length).toString("latin1");
  return Buffer.from(formatDigestLine({ digest, name }), "latin1");
}

function digestJson({ path, sha256, holesSha256 }: FileDigest): unknown {
  return { type: "digest", ...textOrBytes("path", path), sha256, holesSha256 };
}
