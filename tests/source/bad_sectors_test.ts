import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { mkdirSync, writeFileSync } from "node:fs";
import { icecore, icecoreArgv, inLab, REAL, start } from "../faults/lab.ts";
import { FAULTY, withFaults } from "../support/mounts/faulty_mount.ts";
import { testWith } from "../support/programs/requirements.ts";
import { pattern } from "../support/trees/source_folder.ts";

const NEEDS = { ...FAULTY, programs: [...FAULTY.programs!, ...REAL.programs!], loop: true };
const CONTENT = pattern(6 * 2 ** 20 + 700, 1).map((byte) => byte | 1);

/** Bytes that cannot be read, and how that is named. */
const cases: Readonly<Record<string, { lost: [start: number, end: number][]; says: string }>> = {
  "one sector": { lost: [[5_242_880, 5_243_392]], says: "bytes 5242880–5243391" },
  "the first and the last": {
    lost: [[0, 512], [6 * 2 ** 20 + 512, CONTENT.length]],
    says: `bytes 0–511, 6291968–${CONTENT.length - 1}`,
  },
  "every other of some": {
    lost: Array.from({ length: 10 }, (_, i) => [1_048_576 + 1024 * i, 1_049_088 + 1024 * i]),
    says: "1048576–1049087, 1049600–1050111",
  },
  "two that touch, over the end of a buffer": {
    lost: [[1_048_064, 1_048_576], [1_048_576, 1_049_088]],
    says: "bytes 1048064–1049087",
  },
  "much in a row, to the sector": {
    lost: [[1_000_448, 4_000_256]],
    says: "bytes 1000448–4000255",
  },
  "all": { lost: [[0, CONTENT.length]], says: `bytes 0–${CONTENT.length - 1}` },
};

for (const recipe of ["native", "e2fsprogs"]) {
  for (const [what, { lost, says }] of Object.entries(cases)) {
    if (recipe === "e2fsprogs" && what !== "one sector") continue;
    testWith(
      NEEDS,
      `sectors that cannot be read cost themselves: ${what} (${recipe})`,
      () =>
        inLab(async (lab) => {
          mkdirSync(lab.at("real"));
          writeFileSync(lab.at("real/file"), CONTENT);
          const rules = lost.map(([from, to]) => `read:/file:5:${from}-${to}`);
          await withFaults(lab.folder, rules, async () => {
            const args = ["build", "faulty/.", "-o", "out.img", "--recipe", recipe];
            const { code, stderr } = await icecore(lab, args);
            assert.equal(code, 3, stderr);
            assert.match(
              stderr,
              /unreadable: \S+\/faulty\/file: input\/output error; the image holds/,
            );
            assert.ok(stderr.includes(says), stderr);
          });
          const child = start(lab, icecoreArgv(["cat", "out.img", "file"]));
          const { stdout } = await child.output();
          const expected = CONTENT.slice();
          for (const [from, to] of lost) expected.fill(0, from, to);
          assert.equal(Buffer.compare(stdout, expected), 0);
        }),
    );
  }
}
