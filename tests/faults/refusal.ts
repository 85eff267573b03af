/**
 * Builds that are refused before anything is written, as rows of a table.
 * @module
 */

import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { testWith } from "../support/programs/requirements.ts";
import { assertNothingBuilt, icecore, inLab, type Lab, REAL, type Start } from "./lab.ts";

/** Something that cannot be built: what is there, what is asked for, and what is said. */
export interface Refusal {
  readonly name: string;
  readonly args: readonly string[];
  readonly code: number;
  readonly says: RegExp;
  readonly before?: (lab: Lab) => void;
  readonly start?: Start;
}

/** An output with nothing wrong, and the recipe that is asked for. */
export const OUT: readonly string[] = ["-o", "out.img", "--recipe", "e2fsprogs"];

/** Declares a test for each row: one line says it, and the lab is as it was. */
export function testRefusals(refusals: readonly Refusal[]): void {
  for (const { name, args, code, says, before, start } of refusals) {
    testWith(REAL, `${name} is refused before anything is written`, async () => {
      await inLab(async (lab) => {
        before?.(lab);
        const content = list(lab);
        const ended = await icecore(lab, ["build", ...args], start);
        assert.match(ended.stderr, says);
        assert.equal(ended.stderr.trimEnd().split("\n").length, 1, "one line says it");
        assert.equal(ended.code, code);
        assert.equal(ended.stdout, "");
        if (!content.includes("q.img.partial")) await assertNothingBuilt(lab);
        assert.deepEqual(list(lab), content);
      });
    });
  }
}

function list(lab: Lab): string[] {
  return readdirSync(lab.folder, { recursive: true }).map(String).sort();
}
