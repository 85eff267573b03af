/**
 * What a mutated image is put through, and what must hold whatever it says.
 * @module
 */

import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { checkImage } from "../../ext4/checker/check_image.ts";
import { bytesSource } from "../../ext4/reader/bytes/block_source.ts";
import { extractImage } from "../../image/extract.ts";
import { openImage } from "../../read.ts";
import { countingSource } from "../support/counting_source.ts";
import { exercise } from "../support/images/exercise_image.ts";
import { e2fsckComplaints } from "../support/programs/oracles.ts";

/** What became of one. */
export interface Verdict {
  /** What must never happen; an empty list is what is wanted. */
  readonly faults: readonly string[];
  /** What the checker said: codes of findings, or of the error that it ended with. */
  readonly checked: readonly string[];
  /** What e2fsck says of an image that the checker calls sound; empty where it agrees. */
  readonly onlyE2fsck: string;
  /** The checker calls an image damaged that e2fsck calls sound; `false` where nobody asked. */
  readonly isOnlyChecker: boolean;
}

/** Reading the same bytes over and over is a circle, or close to one. */
const MOST_TIMES_READ = 200;
const SHOWN_LINES = 3;
/** A feature that only writers have to know; a clock that went wrong. */
const NO_DAMAGE = /has unsupported feature\(s\)|last (mount|write) time .* is in the future/;

/**
 * Tries one image.
 * @param scratch a folder of its own, empty before and after
 * @param judgesAll whether e2fsck is asked as well where the checker has found damage
 */
export async function tryImage(
  image: Uint8Array,
  scratch: string,
  judgesAll: boolean,
): Promise<Verdict> {
  const faults: string[] = [];
  const source = countingSource(bytesSource(image));
  const checked = await check(source, faults);
  await named(faults, "read", () => exercise(source));
  await named(faults, "extract", () => extractInto(image, scratch, faults));
  const most = MOST_TIMES_READ * image.length;
  if (source.countBytes > most) faults.push(`${source.countBytes} bytes were read`);
  const isSound = checked.length === 0;
  const complaint = isSound || judgesAll ? complaintOf(image, scratch) : undefined;
  return {
    faults,
    checked,
    onlyE2fsck: isSound ? complaint! : "",
    isOnlyChecker: !isSound && complaint === "",
  };
}

async function check(source: Parameters<typeof checkImage>[0], faults: string[]) {
  let codes: string[] = [];
  await named(faults, "check", async () => {
    codes = (await checkImage(source)).findings.map(({ code }) => code);
  }, (code) => codes = [code]);
  return codes;
}

/** Runs a part; an error without a code of ours is a fault. */
async function named(
  faults: string[],
  what: string,
  part: () => Promise<unknown>,
  onCode: (code: string) => void = () => {},
): Promise<void> {
  try {
    await part();
  } catch (error) {
    const code = (error as { code?: unknown }).code;
    const isNamed = error instanceof Error && error.name !== "Error" && typeof code === "string" &&
      /^[a-z0-9-]+$/.test(code);
    if (isNamed) onCode(code);
    else faults.push(`${what}: ${error instanceof Error ? error.stack : String(error)}`);
  }
}

/** Extracts what can be had; nothing may appear beside the target. */
async function extractInto(image: Uint8Array, scratch: string, faults: string[]): Promise<void> {
  const target = join(scratch, "target");
  mkdirSync(target);
  try {
    await using reader = await openImage(bytesSource(image), { onBroken: () => {} });
    await extractImage(reader, { target });
  } finally {
    const around = readdirSync(scratch);
    if (around.join() !== "target") faults.push(`extract wrote ${around.join(", ")}`);
    rmSync(target, { recursive: true, force: true });
  }
}

function complaintOf(image: Uint8Array, scratch: string): string {
  const path = join(scratch, "image");
  writeFileSync(path, image);
  try {
    const text = e2fsckComplaints(path).slice(0, SHOWN_LINES).join(" | ");
    return NO_DAMAGE.test(text) ? "" : text;
  } finally {
    rmSync(path);
  }
}
