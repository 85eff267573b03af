/**
 * `icecore extract`: files and folders out of an image.
 * @module
 */

import { merge, object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { multiple, optional } from "@optique/core/modifiers";
import { argument, command, constant, option } from "@optique/core/primitives";
import { string } from "@optique/core/valueparser";
import type { Traffic } from "../../host/block_source/block_source.ts";
import { isRemote, shownLocation } from "../../host/block_source/location.ts";
import { extractImage } from "../../image/extract.ts";
import { openImage } from "../../image/open_image.ts";
import { examples } from "../arguments/examples.ts";
import { fileValue } from "../arguments/file_value.ts";
import { decryptionOptions } from "../arguments/identities.ts";
import { imageArgument, reading, type ReadingValues } from "../arguments/image_argument.ts";
import { LeftOut, salvaging, type SalvagingValues } from "../arguments/salvage.ts";
import { serverOptions } from "../arguments/servers.ts";
import { stackOptions } from "../arguments/stacks.ts";
import { findAllTyped, findTyped } from "../arguments/typed_path.ts";
import { withinOptions } from "../arguments/within.ts";
import { EXIT, exitCodes } from "../exit_codes.ts";
import { interruptible } from "../interruptible.ts";
import { briefOf } from "../manual/brief_of.ts";
import { common, isInteractive, wantsColor } from "../output/common_options.ts";
import { extractionSummary, lossLine } from "../output/extraction_lines.ts";
import { extractionListeners } from "../rendering/extraction_listeners.ts";
import { jsonLocation } from "../output/json_location.ts";
import { note, printJson } from "../output/output.ts";
import { noteTraffic } from "../output/traffic.ts";
import { ProgressLine } from "../rendering/progress_line.ts";

interface ExtractValues extends ReadingValues, SalvagingValues {
  readonly command: "extract";
  readonly paths: readonly string[];
  readonly output: string | undefined;
  readonly force: boolean | undefined;
}

/**
 * Contents are read once, so a cache helps only to ask a server for much at a time. The buffers that
 * are let go of wait for the garbage collector: for a local image, small ones halve the memory.
 */
const cacheBytesOf = (location: string): number => isRemote(location) ? 16 << 20 : 1 << 20;

/** The command. */
export const extract = {
  parser: command(
    "extract",
    merge(
      object("What and where", {
        command: constant("extract"),
        image: imageArgument,
        paths: multiple(argument(string({ metavar: "PATH" }), {
          description: message`A file or folder in the image. Without any: everything.`,
        })),
        output: optional(option("-o", "--output", fileValue("DIR", "directory"), {
          description:
            message`The folder to extract into; made where it is missing. Default: the current one.`,
        })),
        force: optional(option("--force", {
          description: message`Replace files that are there already. Folders are never replaced.`,
        })),
      }),
      reading,
      salvaging,
      common,
    ),
    {
      brief: briefOf("extract"),
      description:
        message`Each PATH keeps its place: a/b becomes DIR/a/b, with mode, times, owners, attributes, links and holes as far as the caller may set them.`,
      footer: examples(
        "Examples:",
        "  icecore extract photos.img -o /srv/restored",
        "  icecore extract https://example.com/photos.img photos/2014/01 -o /tmp",
        "",
        ...exitCodes({
          lossy: "done but something could not be restored or was left out (named)",
          verificationFailed: "a file is damaged and was left out (named)",
        }),
      ),
    },
  ),
  async run(values: ExtractValues): Promise<number> {
    const line = new ProgressLine(
      values.quiet !== true && isInteractive(),
      wantsColor(values),
    );
    const target = values.output ?? ".";
    const leftOut = new LeftOut(values, (say) => line.above(say));
    const shownName = shownLocation(values.image);
    line.start(`extract ${shownName}`);
    let traffic: () => Traffic | undefined = () => undefined;
    try {
      const begin = performance.now();
      const extracted = await interruptible(async (signal) => {
        await using image = await openImage(values.image, {
          cacheBytes: cacheBytesOf(values.image),
          journal: values.ignoreJournal === true ? "ignore" : "replay",
          ...leftOut.listeners,
          ...decryptionOptions(values, () => line.clear()),
          ...withinOptions(values),
          ...serverOptions(values),
          ...stackOptions(values),
          signal,
        });
        traffic = () => image.traffic;
        const found = await findAllTyped(image, values.paths, (path) => findTyped(image, path));
        return await extractImage(image, {
          paths: found.map(({ path }) => path),
          target,
          force: values.force === true,
          signal,
          ...extractionListeners(values, line),
        });
      });
      line.clear();
      const { losses, ...counts } = extracted;
      const seconds = (performance.now() - begin) / 1000;
      if (values.json === true) {
        for (const loss of losses) printJson({ type: "loss", ...loss });
        printJson({
          type: "extracted",
          image: jsonLocation(values.image),
          target,
          ...counts,
          seconds,
        });
      } else {
        for (const loss of losses) note(`icecore: ${lossLine(loss)}`);
        if (values.quiet !== true) note(extractionSummary(counts, target));
      }
      noteTraffic(traffic(), values);
      if (extracted.countDamaged > 0) return EXIT.verificationFailed;
      return losses.some(({ isGrave }) => isGrave) ? EXIT.lossy : leftOut.exitCode;
    } finally {
      line.clear();
    }
  },
};
