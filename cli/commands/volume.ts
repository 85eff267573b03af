/**
 * `icecore volume`: trees cut over many images, which many machines build.
 * @module
 */

import { merge, object, or } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { command, constant } from "@optique/core/primitives";
import { examples } from "../arguments/examples.ts";
import { exitCodes } from "../exit_codes.ts";
import { briefOf } from "../manual/brief_of.ts";
import { volumeBuild } from "./volume/build.ts";
import { volumeCat } from "./volume/cat.ts";
import { volumeExtract } from "./volume/extract.ts";
import { volumeFind } from "./volume/find.ts";
import { volumeIndex } from "./volume/index.ts";
import { volumeLs } from "./volume/ls.ts";
import { volumePlan } from "./volume/plan.ts";
import { volumeRun } from "./volume/run.ts";
import { volumeStatus } from "./volume/status.ts";
import { volumeSubmit } from "./volume/submit.ts";
import { volumeVerify } from "./volume/verify.ts";
import { volumeWork } from "./volume/work.ts";

/** All of its commands by name. */
const actions = {
  plan: volumePlan,
  build: volumeBuild,
  run: volumeRun,
  verify: volumeVerify,
  submit: volumeSubmit,
  work: volumeWork,
  status: volumeStatus,
  index: volumeIndex,
  find: volumeFind,
  ls: volumeLs,
  cat: volumeCat,
  extract: volumeExtract,
};

/** The command. */
export const volume = {
  parser: command(
    "volume",
    merge(
      object({ command: constant("volume") }),
      or(
        or(volumePlan.parser, volumeBuild.parser, volumeRun.parser, volumeVerify.parser),
        or(volumeSubmit.parser, volumeWork.parser, volumeStatus.parser),
        or(
          volumeIndex.parser,
          volumeFind.parser,
          volumeLs.parser,
          volumeCat.parser,
          volumeExtract.parser,
        ),
      ),
    ),
    {
      brief: briefOf("volume"),
      description:
        message`A tree that is too large for one image, or one machine, is cut by a plan; each volume is a whole image, built by whoever counts to its number.`,
      footer: examples(
        "Examples:",
        "  icecore volume plan /srv/archive -o archive.plan --size 500G",
        "  icecore volume build archive.plan --index 3 --to /backup",
        "  icecore volume run archive.plan -j 4 --to /backup",
        "  icecore volume index /backup/archive-*.img -o archive.catalogue",
        "  icecore volume find archive.catalogue --name '*.jpg'",
        "",
        ...exitCodes(),
      ),
    },
  ),
  async run(values: { readonly action: keyof typeof actions }): Promise<number> {
    // Each command's values carry its own name; the parser cannot produce another pairing.
    return await actions[values.action].run(values as never);
  },
};
