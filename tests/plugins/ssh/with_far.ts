/**
 * A lab and a machine to copy to, whose folder `far` lies in the lab.
 * @module
 */

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import type { BuildEvent } from "../../../mod.ts";
import ssh from "../../../plugins/ssh.ts";
import { inLab, type Lab } from "../../faults/lab.ts";
import { type Builder, builder } from "../building.ts";
import * as large from "../large_file.ts";
import { type FarOptions, type FarSide, farSide } from "./far_side.ts";

/** Bytes of what {@linkcode addLarge} adds. */
export const LARGE_BYTES = 6 * 2 ** 20;

/** What a test is given. */
export interface Run {
  readonly lab: Lab;
  readonly far: FarSide;
  /** Events of all its builds. */
  readonly events: readonly BuildEvent[];
  /** Builds and copies the lab's source. */
  readonly build: Builder;
}

/** Gives a lab and a far side to `body`. */
export async function withFar(
  options: FarOptions,
  body: (run: Run) => Promise<void>,
): Promise<void> {
  await inLab(async (lab) => {
    mkdirSync(lab.at("far"));
    await using far = await farSide(lab, options);
    const events: BuildEvent[] = [];
    const defaults = { ...far.options, retries: 3 };
    await body({
      lab,
      far,
      events,
      build: builder(lab, ssh, defaults, events),
    });
  });
}

/** Adds a file to the source, so that a copy can be cut in its midst. */
export function addLarge(lab: Lab): void {
  large.addLarge(lab, 1, LARGE_BYTES);
}

/** The names on the far side. */
export function storedIn(lab: Lab): string[] {
  return readdirSync(lab.at("far")).sort();
}

/** Fails unless the image and its digest are on the far side, and nothing else is. */
export function assertStored(lab: Lab): void {
  assert.deepEqual(storedIn(lab), ["out.img", "out.img.sha512"]);
  const image = readFileSync(lab.image);
  assert.ok(
    image.equals(readFileSync(lab.at("far/out.img"))),
    "the image is there",
  );
  const line = `${createHash("sha512").update(image).digest("hex")}  out.img\n`;
  assert.equal(readFileSync(lab.at("far/out.img.sha512"), "utf8"), line);
}

/** The programs that the step has run here. */
export function programsRun({ events }: Run): string[] {
  const programs = events.flatMap((event) =>
    event.type === "command" && event.step === "ssh" ? [event.argv[0]!] : []
  );
  return [...new Set(programs)].sort();
}
