import assert from "node:assert/strict";
import {
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import process from "node:process";
import { setTimeout } from "node:timers/promises";
import { FAULTY } from "../support/mounts/faulty_mount.ts";
import { withSlow } from "../support/mounts/slow_mount.ts";
import { appearance } from "../support/programs/appearance.ts";
import { BUN, bun } from "../support/programs/bun.ts";
import { testWith } from "../support/programs/requirements.ts";
import { ended, icecore, icecoreArgv, inLab, type Lab, outputsOf, ROOT, start } from "./lab.ts";

/** Folders, a large file, one with a hole, links, and names enough for several threads. */
function fill(lab: Lab): void {
  const at = (path: string) => lab.at(`real/${path}`);
  mkdirSync(at("many/below"), { recursive: true });
  for (let i = 0; i < 40; i++) writeFileSync(at(`many/f${i}`), `content of ${i}`.repeat(i));
  writeFileSync(at("many/below/large"), new Uint8Array(1_300_000).map((_, i) => i % 251));
  writeFileSync(at("many/hole"), "data");
  truncateSync(at("many/hole"), 400_000);
  linkSync(at("many/f3"), at("many/again"));
  writeFileSync(at("empty"), "");
  symlinkSync("many/f1", at("link"));
}

const digestOf = async (lab: Lab, ...more: string[]) => {
  const args = ["build", "slow/.", "-o", "out.img", "--force", ...more];
  const { code, stdout, stderr } = await icecore(lab, args);
  assert.equal(code, 0, stderr);
  return stdout;
};

testWith(FAULTY, "a source that is read ahead gives the image of one that is not", async () => {
  await inLab(async (lab) => {
    fill(lab);
    await withSlow(lab.folder, 1000, [], async () => {
      const one = await digestOf(lab, "--read-ahead", "0");
      assert.equal(await digestOf(lab), one);
      assert.equal(await digestOf(lab, "--read-ahead", "3", "--exclude", "nothing"), one);
    });
  });
});

/** Waits until a build has begun, and has had time to get to what hangs. */
async function begun(lab: Lab): Promise<void> {
  await appearance(lab.at("out.img.partial"));
  // Interrupted on its way there it has to end as well, so that no longer wait is needed.
  await setTimeout(1500);
}

async function assertEnds(lab: Lab, child: Deno.ChildProcess): Promise<void> {
  const { code, stderr } = await ended(child);
  assert.equal(code, 130, stderr);
  assert.match(stderr, /nothing was left behind/);
  assert.deepEqual(outputsOf(lab), []);
}

const ARGS = ["build", "slow/.", "-o", "out.img"];
const HANGS = ["read:/many/f7", "read:/many/below/large"];

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  testWith(FAULTY, `${signal} ends a build whose source does not answer`, async () => {
    await inLab(async (lab) => {
      fill(lab);
      await withSlow(lab.folder, 0, HANGS, async () => {
        const child = start(lab, icecoreArgv(ARGS));
        await begun(lab);
        child.kill(signal);
        await assertEnds(lab, child);
      });
    });
  });
}

testWith(
  { ...FAULTY, programs: [...FAULTY.programs!, ...BUN.programs] },
  "so under Bun",
  async () => {
    await inLab(async (lab) => {
      fill(lab);
      await withSlow(lab.folder, 0, HANGS, async () => {
        const [program, ...args] = bun(`${ROOT}main.ts`, ...ARGS);
        // Only the program itself is to get the signal, not what has started it.
        const child = start(lab, [program, ...args]);
        await begun(lab);
        for (const id of idsOfBun(lab)) process.kill(id, "SIGINT");
        await ended(child);
        assert.deepEqual(outputsOf(lab), []);
      });
    });
  },
);

/** Programs in the lab's folder whose first word is Bun's. */
function idsOfBun(lab: Lab): number[] {
  const isBun = (id: string) => {
    try {
      const [program] = readFileSync(`/proc/${id}/cmdline`, "utf8").split("\0");
      return /bun(\.exe)?$/.test(program!) && readlinkSync(`/proc/${id}/cwd`) === lab.folder;
    } catch {
      return false;
    }
  };
  return readdirSync("/proc").filter((id) => /^\d+$/.test(id) && isBun(id)).map(Number);
}

testWith(FAULTY, "where not even a name can be looked at, all is undone at once", async () => {
  await inLab(async (lab) => {
    fill(lab);
    let child: Deno.ChildProcess;
    await withSlow(lab.folder, 0, ["listxattr:/many/f7"], async () => {
      child = start(lab, icecoreArgv(ARGS));
      await begun(lab);
      child.kill("SIGINT");
      // The kernel keeps the process until the file system has answered; its files are gone.
      for (let waits = 0; outputsOf(lab).length > 0; waits++) {
        assert.ok(waits < 1500, "what was made is removed");
        await setTimeout(20);
      }
    });
    await assertEnds(lab, child!);
  });
});
