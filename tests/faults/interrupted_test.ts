import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { appearance } from "../support/programs/appearance.ts";
import { testWith } from "../support/programs/requirements.ts";
import {
  assertInterruptible,
  assertNothingBuilt,
  assertNothingLeft,
  build,
  buildArgs,
  ended,
  icecore,
  icecoreArgv,
  inLab,
  type Lab,
  outputsOf,
  REAL,
  start,
} from "./lab.ts";

/** The program that is running when the build is interrupted, by step. */
const PROGRAMS = {
  format: "mkfs.ext4",
  grow: "dumpe2fs",
  mount: "mount",
  copy: "sync",
  unmount: "umount",
  fsck: "e2fsck",
  shrink: "resize2fs",
  readonly: "tune2fs",
} as const;

/** Steps that work in icecore itself; a driver stops in the midst of them. */
const INNER = ["scan", "allocate", "copy", "hash"];

const SLOW = `touch "$LAB/reached"; sleep 60 & wait; real "$@"`;
const STUBBORN =
  `trap 'touch "$LAB/asked"' TERM INT; touch "$LAB/reached"; while :; do sleep 60 & wait; done`;

async function buildUntil(lab: Lab, program: string, script = SLOW): Promise<Deno.ChildProcess> {
  lab.fake(program, script);
  const child = start(lab, icecoreArgv(buildArgs()));
  await appearance(lab.at("reached"));
  return child;
}

const driver = (step: string, signal: string): string[] => [
  Deno.execPath(),
  "run",
  "--allow-all",
  "--no-check",
  new URL("./interrupt_driver.ts", import.meta.url).pathname,
  step,
  signal,
];

for (const [step, program] of Object.entries(PROGRAMS)) {
  testWith(REAL, `Ctrl-C while ${step} runs ${program} leaves nothing behind`, async () => {
    await inLab(async (lab) => {
      await assertInterruptible(lab, await buildUntil(lab, program));
    });
  });
}

for (const step of INNER) {
  testWith(REAL, `Ctrl-C in the midst of ${step} leaves nothing behind`, async () => {
    await inLab(async (lab) => {
      const { code, stderr } = await ended(start(lab, driver(step, "SIGINT")));
      assert.equal(code, 130, stderr);
      await assertNothingBuilt(lab);
    });
  });
}

for (const signal of ["SIGTERM", "SIGHUP"] as const) {
  testWith(REAL, `${signal} cancels as Ctrl-C does`, async () => {
    await inLab(async (lab) => {
      await assertInterruptible(lab, await buildUntil(lab, "sync"), signal);
    });
  });
}

testWith(REAL, "a second Ctrl-C does not wait for a program that does not end", async () => {
  await inLab(async (lab) => {
    const child = await buildUntil(lab, "sync", STUBBORN);
    child.kill("SIGINT");
    await appearance(lab.at("asked"));
    child.kill("SIGINT");
    assert.equal((await ended(child)).code, 130);
    await assertNothingBuilt(lab);
  });
});

testWith(REAL, "SIGQUIT ends it at once, and leaves nothing behind", async () => {
  await inLab(async (lab) => {
    const child = await buildUntil(lab, "sync", STUBBORN);
    child.kill("SIGQUIT");
    assert.equal((await ended(child)).code, 130);
    await assertNothingBuilt(lab);
  });
});

testWith(REAL, "a program that ignores SIGTERM is killed after one Ctrl-C", async () => {
  await inLab(async (lab) => {
    const child = await buildUntil(lab, "e2fsck", STUBBORN);
    child.kill("SIGINT");
    assert.equal((await ended(child)).code, 130);
    await assertNothingBuilt(lab);
  });
});

testWith(REAL, "Ctrl-C with --keep says what was kept", async () => {
  await inLab(async (lab) => {
    lab.fake("e2fsck", SLOW);
    const child = start(lab, icecoreArgv(buildArgs("--keep")));
    await appearance(lab.at("reached"));
    child.kill("SIGINT");
    const { code, stderr } = await ended(child);
    assert.equal(code, 130);
    assert.match(stderr, /interrupted by SIGINT: .*\/out\.img\.partial was left behind/);
    assert.doesNotMatch(stderr, /nothing was left/);
    assert.deepEqual(outputsOf(lab), ["out.img.partial"]);
  });
});

for (const [step, program] of Object.entries(PROGRAMS)) {
  testWith(REAL, `after kill -9 while ${step} runs ${program}, clean releases all`, async () => {
    await inLab(async (lab) => {
      const child = await buildUntil(lab, program);
      child.kill("SIGKILL");
      await ended(child);
      assert.ok(existsSync(lab.at("out.img.partial")), "the killed build left its partial image");
      const { code, stderr } = await icecore(lab, ["clean"]);
      assert.equal(code, 0, stderr);
      await assertNothingBuilt(lab);
    });
  });
}

for (const step of INNER) {
  testWith(REAL, `after kill -9 in the midst of ${step}, the next build cleans up`, async () => {
    await inLab(async (lab) => {
      const { code } = await ended(start(lab, driver(step, "SIGKILL")));
      assert.notEqual(code, 0);
      assert.notDeepEqual(readdirSync(lab.temporary), [], "the killed build left its folder");
      const next = await build(lab);
      assert.equal(next.code, 0, next.stderr);
      await assertNothingLeft(lab);
    });
  });
}

testWith(REAL, "the next build of an output ends a killed build's programs first", async () => {
  await inLab(async (lab) => {
    const child = await buildUntil(lab, "mkfs.ext4");
    child.kill("SIGKILL");
    await ended(child);
    lab.fake("mkfs.ext4", `real "$@"`);
    const { code, stderr } = await build(lab);
    assert.equal(code, 0, stderr);
    await assertNothingLeft(lab);
  });
});

testWith(REAL, "Ctrl-C ends a program that a step runs through $", async () => {
  await inLab(async (lab) => {
    const child = start(lab, driver("shell", "none"));
    await appearance(lab.at("reached"));
    child.kill("SIGINT");
    const { code, stderr } = await ended(child);
    assert.equal(code, 130, stderr);
    await assertNothingBuilt(lab);
  });
});
