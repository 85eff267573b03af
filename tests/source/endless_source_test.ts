import assert from "node:assert/strict";
import { mkdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { ended, icecore, icecoreArgv, inLab, type Lab, start } from "../faults/lab.ts";
import { FAULTY, withFaults } from "../support/mounts/faulty_mount.ts";
import { testWith } from "../support/programs/requirements.ts";

const CONTENT = "0123456789abcdef".repeat(16_384);

const build = ["build", "faulty/.", "-o", "out.img"];

async function stored(lab: Lab, path: string): Promise<string> {
  return (await icecore(lab, ["cat", "out.img", path])).stdout;
}

function fill(lab: Lab): void {
  mkdirSync(lab.at("real"));
  writeFileSync(lab.at("real/file"), CONTENT);
}

testWith(
  FAULTY,
  "a file system whose holes do not end where they begin costs no content",
  () =>
    inLab(async (lab) => {
      fill(lab);
      await withFaults(lab.folder, ["stuck:/file:1"], async () => {
        const { code, stderr } = await icecore(lab, build);
        assert.equal(code, 0, stderr);
        assert.equal(await stored(lab, "file"), CONTENT);
      });
    }),
);

testWith(
  FAULTY,
  "reads that give a few bytes at a time give all of them",
  () =>
    inLab(async (lab) => {
      fill(lab);
      await withFaults(lab.folder, ["short:/file:1000"], async () => {
        const { code, stderr } = await icecore(lab, build);
        assert.equal(code, 0, stderr);
        assert.equal(await stored(lab, "file"), CONTENT);
      });
    }),
);

testWith(
  FAULTY,
  "a call that always says it was interrupted fails in the end, and is named",
  () =>
    inLab(async (lab) => {
      fill(lab);
      await withFaults(lab.folder, ["open:/file:4"], async () => {
        const { code, stderr } = await icecore(lab, build);
        assert.equal(code, 3, stderr);
        assert.match(stderr, /unreadable: \S+\/faulty\/file: interrupted; the image holds zeros/);
      });
    }),
);

const ENDLESS = {
  "a folder that lists names without end": "endless:/:1",
  "a file of holes without end": "crumbs:/file:1",
  "a file that is read byte by byte": "short:/file:1",
};

for (const [what, rule] of Object.entries(ENDLESS)) {
  testWith(FAULTY, `${what} is not deaf to a signal`, () =>
    inLab(async (lab) => {
      fill(lab);
      if (rule.startsWith("crumbs")) truncateSync(lab.at("real/file"), 2 ** 40);
      else writeFileSync(lab.at("real/file"), new Uint8Array(2 ** 25));
      await withFaults(lab.folder, [rule], async () => {
        const child = start(lab, icecoreArgv(build));
        await busy(child.pid);
        child.kill("SIGINT");
        const { code, stderr } = await ended(child);
        assert.equal(
          stderr,
          "icecore: interrupting; Ctrl-C again to stop at once\n" +
            "icecore: interrupted by SIGINT: nothing was left behind\n",
        );
        assert.equal(code, 130);
      });
    }));
}

testWith(
  FAULTY,
  "a folder that is compared with an image is not deaf either",
  () =>
    inLab(async (lab) => {
      fill(lab);
      writeFileSync(lab.at("real/file"), new Uint8Array(2 ** 25));
      const built = await icecore(lab, ["build", "real/.", "-o", "out.img"]);
      assert.equal(built.code, 0, built.stderr);
      await withFaults(lab.folder, ["short:/file:1"], async () => {
        const child = start(lab, icecoreArgv(["diff", "out.img", "faulty/."]));
        await busy(child.pid);
        child.kill("SIGINT");
        const { code, stderr } = await ended(child);
        assert.equal(code, 130, stderr);
      });
    }),
);

/** Waits until a program has worked for so long that it must be in its loop. */
async function busy(processId: number): Promise<void> {
  const ticksOf = () => {
    const fields = readFileSync(`/proc/${processId}/stat`, "utf8").split(" ");
    return Number(fields[13]) + Number(fields[14]);
  };
  while (ticksOf() < 200) await new Promise((resolve) => setTimeout(resolve, 20));
}
