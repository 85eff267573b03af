import assert from "node:assert/strict";
import { readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { isReliable } from "../../host/libc/clone.ts";
import type { Step } from "../../mod.ts";
import { pipeline, recipes } from "../../mod.ts";
import { verifyImage } from "../../read.ts";
import { CLONING } from "../support/mounts/loop_disk.ts";
import {
  assertHolds,
  fill,
  freeBytes,
  isShared,
  needs,
  onDisk,
  random,
} from "../support/mounts/reflink.ts";
import { assertE2fsckClean } from "../support/programs/oracles.ts";
import { testWith } from "../support/programs/requirements.ts";
import { icecore, icecoreOutput } from "../support/programs/run_icecore.ts";

for (const type of CLONING) {
  for (const mode of ["auto", "always"]) {
    testWith(
      needs(type),
      `on ${type}, --reflink ${mode} shares blocks and takes hardly any room`,
      () =>
        onDisk(type, async (disk) => {
          fill(disk);
          const before = freeBytes(disk);
          const args = ["build", "source", "-o", "out.img", "--reflink", mode, "--quiet"];
          await icecoreOutput(args, disk);
          const taken = before - freeBytes(disk);
          const { size } = statSync(`${disk}/out.img`);
          assert.ok(taken <= 0.02 * size, `${taken} bytes of ${size} are new`);
          assert.ok(isShared(`${disk}/out.img`));
          await assertHolds(`${disk}/out.img`, `${disk}/source`);
          await icecoreOutput(["build", "source", "-o", "copy.img", "--quiet"], disk);
          assert.deepEqual(readFileSync(`${disk}/out.img`), readFileSync(`${disk}/copy.img`));
          assert.ok(!isShared(`${disk}/copy.img`) || type === "btrfs");
        }),
    );
  }

  testWith(
    needs(type),
    `on ${type}, the summary says how much was cloned`,
    () =>
      onDisk(type, async (disk) => {
        fill(disk);
        const args = ["build", "source", "-o", "out.img", "--reflink", "auto", "--dedupe"];
        const { code, stderr } = await icecore(args, { cwd: disk });
        assert.equal(code, 0, stderr);
        assert.match(stderr, /^cloned +62\.0 MiB: on the disk once$/m);
        assert.doesNotMatch(stderr, /copied/);
      }),
  );

  testWith(
    needs(type),
    `on ${type}, files that change before they are cloned are named`,
    () =>
      onDisk(type, async (disk) => {
        fill(disk);
        const meddle: Step = {
          name: "meddle",
          after: "hash",
          stream() {
            truncateSync(`${disk}/source/large`, 10_000_000);
            writeFileSync(`${disk}/source/inner/tail`, random((1 << 20) + 1234));
            return { sink: new WritableStream<Uint8Array>() };
          },
          run: () => {},
        };
        const problems: string[] = [];
        await pipeline(recipes.native).with("pack", { reflink: "always" }).use(meddle).run({
          sources: [`${disk}/source`],
          output: `${disk}/out.img`,
          emit: (event) => event.type === "problem" && problems.push(event.problem.path),
        });
        assert.deepEqual(problems.toSorted(), [
          `${disk}/source/inner/tail`,
          `${disk}/source/large`,
        ]);
        assertE2fsckClean(`${disk}/out.img`);
        await verifyImage(`${disk}/out.img`);
      }),
  );
}

Deno.test("clones on ZFS are not relied on", () => {
  assert.equal(isReliable(0x2fc1_2fc1), false);
  for (const type of [0x9123_683e, 0x5846_5342, 0xef53, 0x0102_1994]) {
    assert.equal(isReliable(type), true);
  }
});
