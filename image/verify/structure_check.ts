/**
 * Checks the structure of an image, and names what is wrong with it.
 * @module
 */

import { checkImage } from "../../ext4/checker/check_image.ts";
import type { HostBlockSource } from "../../host/block_source/block_source.ts";
import { Breather } from "../../host/breathe.ts";
import { boundGarbage } from "../../host/garbage_bound.ts";
import { counted } from "../../pipeline/words/counted.ts";
import { StoredDamageError } from "../stored/stored_damage_error.ts";
import type { Failures } from "./failures.ts";
import type { VerifiedImage } from "./verification.ts";

/** The checker asks for a pause every thousand inodes or names; what it read before is garbage. */
const PAUSES_A_COLLECTION = 32;

/** Checks all of it; where what it is stored in is damaged, as far as that goes. */
export async function checkStructure(
  source: HostBlockSource,
  failures: Failures,
  signal: AbortSignal,
): Promise<Pick<VerifiedImage, "countInodes" | "wasReplayed" | "dropped">> {
  const breather = new Breather(signal);
  let countPauses = 0;
  const pause = () => {
    if (++countPauses % PAUSES_A_COLLECTION === 0) boundGarbage();
    return breather.due ? breather.pause() : undefined;
  };
  const report = await checkImage(source, { pause }).catch((error) => {
    if (!(error instanceof StoredDamageError)) throw error;
    failures.addStored(error);
    return undefined;
  });
  if (report === undefined) return { countInodes: 0, wasReplayed: false };
  const { findings, countFindings, wasReplayed, dropped, summary } = report;
  for (const { code, structure, message } of findings) {
    failures.add({ check: "structure", code, structure, message });
  }
  const countMore = countFindings - findings.length;
  if (countMore > 0) {
    const message = `and ${counted(countMore, "more finding")}`;
    failures.add({ check: "structure", code: "more", structure: "", message }, countMore);
  }
  const { countInodes } = summary;
  return { countInodes, wasReplayed, ...(dropped === undefined ? {} : { dropped }) };
}
