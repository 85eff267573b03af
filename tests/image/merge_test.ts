import assert from "node:assert/strict";
import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { mergeImage } from "../../image/merge_image.ts";
import { openImage } from "../../image/open_image.ts";
import { verifyImage } from "../../image/verify.ts";
import { InterruptedError } from "../../pipeline/build_errors.ts";
import { buildImage, STACK, type StackBuild } from "../support/mounts/mounted_stack.ts";
import { icecoreArgv } from "../support/programs/icecore_command.ts";
import { output } from "../support/programs/oracles.ts";
import { testWith } from "../support/programs/requirements.ts";
import { icecore } from "../support/programs/run_icecore.ts";
import { inTemporaryFolder } from "../support/temporary_folder.ts";

const NEEDS = { ...STACK, programs: [...STACK.programs!, "setfattr", "mknod"] };

function fill(source: string): void {
  mkdirSync(`${source}/a/b/c`, { recursive: true });
  mkdirSync(`${source}/other`);
  for (let n = 0; n < 40; n++) writeFileSync(`${source}/a/b/c/${n}`, `${n}`.repeat(n * 101));
  writeFileSync(`${source}/a/big`, new Uint8Array(5 << 20).map((_, i) => i * 7 + (i >> 9)));
  writeFileSync(`${source}/empty`, "");
  writeFileSync(`${source}/sparse`, "begin");
  truncateSync(`${source}/sparse`, 1 << 20);
  writeFileSync(`${source}/long-holes`, "begin");
  truncateSync(`${source}/long-holes`, 60 << 20);
  linkSync(`${source}/a/b/c/7`, `${source}/other/seven`);
  symlinkSync("a/b", `${source}/way`);
  symlinkSync("x".repeat(200), `${source}/long-way`);
  chmodSync(`${source}/a`, 0o750);
  output("setfattr", ["-n", "user.note", "-v", "one", `${source}/a/b`]);
  output("setfattr", ["-n", "trusted.note", "-v", "two", `${source}/a/b/c/3`]);
  output("mknod", ["-m", "640", `${source}/other/device`, "c", "1", "3"]);
}

const change = (source: string) => {
  writeFileSync(`${source}/a/b/c/1`, "changed");
  unlinkSync(`${source}/a/b/c/2`);
  renameSync(`${source}/other`, `${source}/another`);
  rmSync(`${source}/a/b/c/5`);
  mkdirSync(`${source}/a/b/c/5`);
  writeFileSync(`${source}/a/b/c/5/x`, "x");
  utimesSync(`${source}/a`, 1e9, 1e9);
};

const changeAgain = (source: string) => {
  rmSync(`${source}/a/b/c/5`, { recursive: true });
  writeFileSync(`${source}/a/b/c/5`, "a file again");
  writeFileSync(`${source}/a/b/c/2`, "back");
  unlinkSync(`${source}/another/seven`);
  output("setfattr", ["-n", "user.note", "-v", "three", `${source}/a/b`]);
};

/**
 * Gives what was made by now a time of access to come: reading it then changes no time, and a new
 * time of access is not a change for which a layer would store it again.
 */
function settleAccessTimes(source: string): void {
  const soon = Date.now() / 1000 + 3600;
  for (const name of ["", ...readdirSync(source, { recursive: true }) as string[]]) {
    const path = `${source}/${name}`;
    const { atimeMs, mtimeMs } = lstatSync(path);
    if (atimeMs / 1000 < soon - 1800) lutimesSync(path, soon, mtimeMs / 1000);
  }
}

/** A full image and two layers on it, with a full image of the source at each point of time. */
async function withStack(
  use: (folder: string) => Promise<void>,
  build: StackBuild = {},
): Promise<void> {
  await inTemporaryFolder(async (folder) => {
    const source = `${folder}/source`;
    mkdirSync(source);
    fill(source);
    settleAccessTimes(source);
    await buildImage(source, `${folder}/0.img`, build);
    for (const [index, make] of [change, changeAgain].entries()) {
      make(source);
      settleAccessTimes(source);
      const base = `${folder}/${index}.img`;
      await buildImage(source, `${folder}/${index + 1}.img`, { ...build, base });
      await buildImage(source, `${folder}/full-${index + 1}.img`, build);
    }
    await use(folder);
  });
}

const isSame = (a: string, b: string) => readFileSync(a).equals(readFileSync(b));

for (const times of ["mtime", "all"] as const) {
  testWith(
    NEEDS,
    `with times ${times}, a merged image is the one that a full build makes`,
    () =>
      withStack(async (folder) => {
        const { lossy } = await mergeImage(`${folder}/2.img`, `${folder}/merged.img`);
        assert.equal(lossy, false);
        assert.ok(isSame(`${folder}/merged.img`, `${folder}/full-2.img`));
        const side = (name: string) =>
          readFileSync(`${folder}/${name}.sha512`, "utf8").slice(0, 128);
        assert.equal(side("merged.img"), side("full-2.img"));
        const { record } = await verifyImage(`${folder}/merged.img`, {
          sources: [`${folder}/source`],
        });
        assert.equal(record.state, "sound");
      }, { times }),
  );
}

testWith(
  NEEDS,
  "the lower part of a stack is merged by the name, or the path, of its topmost image",
  () =>
    withStack(async (folder) => {
      for (const through of ["1.img", `${folder}/1.img`]) {
        await mergeImage(`${folder}/2.img`, `${folder}/half.img`, { through, force: true });
        assert.ok(isSame(`${folder}/half.img`, `${folder}/full-1.img`));
      }
      await assert.rejects(
        mergeImage(`${folder}/2.img`, `${folder}/x.img`, { through: "3.img" }),
        { code: "not-in-stack", message: /It lies on .*1\.img, .*0\.img\./ },
      );
      await assert.rejects(mergeImage(`${folder}/0.img`, `${folder}/x.img`), {
        code: "not-a-stack",
      });
      assert.ok(!existsSync(`${folder}/x.img`));
    }),
);

testWith(NEEDS, "options of a full build are those of a merge", () =>
  withStack(async (folder) => {
    const flags = ["--label", "photos", "--block-size", "4096", "--hash", "sha256", "--quiet"];
    const uuid = ["--uuid", "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"];
    const source = `${folder}/source/.`;
    await icecore(["build", source, "-o", `${folder}/want.img`, ...flags, ...uuid]);
    const merged = await icecore([
      ...["merge", `${folder}/2.img`, "-o", `${folder}/got.img`, ...flags, ...uuid],
    ]);
    assert.equal(merged.code, 0, merged.stderr);
    assert.match(merged.stdout, /^[0-9a-f]{64} {2}.*got\.img\n$/);
    assert.ok(isSame(`${folder}/got.img`, `${folder}/want.img`));
    assert.ok(existsSync(`${folder}/got.img.sha256`));
  }));

testWith(NEEDS, "a merged image goes to stdout as well", () =>
  withStack(async (folder) => {
    const { code, bytes } = await icecore(["merge", `${folder}/2.img`, "-o", "-", "--quiet"]);
    assert.equal(code, 0);
    assert.ok(readFileSync(`${folder}/full-2.img`).equals(bytes));
  }));

testWith(
  NEEDS,
  "a file that is not what its record says ends a merge, and nothing is left",
  () =>
    withStack(async (folder) => {
      const bytes = readFileSync(`${folder}/0.img`);
      const at = bytes.indexOf("38".repeat(50));
      assert.ok(at > 0);
      bytes[at]! ^= 1;
      writeFileSync(`${folder}/0.img`, bytes);
      const before = readdirSync(folder);
      const { code, stderr } = await icecore(["merge", `${folder}/2.img`, "-o", `${folder}/x.img`]);
      assert.equal(code, 4, stderr);
      assert.match(stderr, /cannot merge .*2\.img: a\/b\/c\/38 is not what its record says\./);
      assert.deepEqual(readdirSync(folder), before);
    }),
);

testWith(
  NEEDS,
  "an image below that is cut short or missing ends a merge, and nothing is left",
  () =>
    withStack(async (folder) => {
      truncateSync(`${folder}/0.img`, statSync(`${folder}/0.img`).size / 2);
      await assert.rejects(mergeImage(`${folder}/2.img`, `${folder}/x.img`), /0\.img/);
      rmSync(`${folder}/0.img`);
      await assert.rejects(mergeImage(`${folder}/2.img`, `${folder}/x.img`), {
        code: "base-missing",
      });
      assert.deepEqual(readdirSync(folder).filter((name) => name.startsWith("x.img")), []);
    }),
);

testWith(
  NEEDS,
  "an image below that is cut while it is merged ends the merge, and nothing is left",
  () =>
    withStack(async (folder) => {
      await assert.rejects(
        mergeImage(`${folder}/2.img`, `${folder}/x.img`, {
          emit: (event) => {
            if (event.type === "step-started" && event.step === "pack") {
              truncateSync(`${folder}/0.img`, 4096);
            }
          },
        }),
        /0\.img/,
      );
      assert.deepEqual(readdirSync(folder).filter((name) => name.startsWith("x.img")), []);
    }),
);

testWith(
  NEEDS,
  "an interrupted merge leaves nothing, whatever step it is at",
  () =>
    withStack(async (folder) => {
      for (const step of ["stack", "pack", "fsck", "hash"]) {
        const controller = new AbortController();
        await assert.rejects(
          mergeImage(`${folder}/2.img`, `${folder}/x.img`, {
            signal: controller.signal,
            emit: (event) => {
              if (event.type === "step-started" && event.step === step) controller.abort();
            },
          }),
          InterruptedError,
        );
        assert.deepEqual(readdirSync(folder).filter((name) => name.startsWith("x.img")), [], step);
      }
    }),
);

testWith(
  NEEDS,
  "what a killed merge left, clean removes",
  () =>
    withStack(async (folder) => {
      mkdirSync(`${folder}/out`);
      const [program, ...args] = icecoreArgv(["merge", `${folder}/2.img`, "--json"]);
      let wasKilled = false;
      // It may be done before the signal arrives.
      for (let tries = 0; tries < 20 && !wasKilled; tries++) {
        const child = new Deno.Command(program!, {
          args: [...args, "-o", `${folder}/out/x.img`, "--force"],
          stdout: "piped",
          stderr: "null",
        }).spawn();
        for await (const bytes of child.stdout) {
          if (new TextDecoder().decode(bytes).includes('"step":"pack"')) child.kill("SIGKILL");
        }
        wasKilled = (await child.status).signal === "SIGKILL";
      }
      assert.ok(wasKilled);
      const { code } = await icecore(["clean", `${folder}/out`]);
      assert.equal(code, 0);
      const left = readdirSync(`${folder}/out`).filter((name) => name.includes("partial"));
      assert.deepEqual(left, []);
    }),
);

testWith(NEEDS, "the label is that of the topmost image", () =>
  withStack(async (folder) => {
    const args = ["build", `${folder}/source/.`, "--base", `${folder}/2.img`, "--label", "nov"];
    const { code, stderr } = await icecore([...args, "-o", `${folder}/3.img`, "--quiet"]);
    assert.equal(code, 0, stderr);
    await mergeImage(`${folder}/3.img`, `${folder}/merged.img`);
    await using image = await openImage(`${folder}/merged.img`);
    assert.equal(image.info.label, "nov");
  }));
