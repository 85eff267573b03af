import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { mountAt } from "../../../host/mounts/mount_table.ts";
import { loopDevicesOf, mountsBelow } from "../../../host/mounts/mounts.ts";
import { overlayArgv } from "../../../image/mount/commands.ts";
import { MOST_LAYERS, mountStack } from "../../../image/mount/mount_stack.ts";
import { mountImage } from "../../../image/mount_image.ts";
import { unmountImage } from "../../../image/unmount_image.ts";
import { buildLayer, whiteOut } from "../../support/images/hand_made_layer.ts";
import { output, run } from "../../support/programs/oracles.ts";
import { AS_NOBODY } from "../../support/programs/privileges.ts";
import { testWith } from "../../support/programs/requirements.ts";
import { icecore, icecoreOutput } from "../../support/programs/run_icecore.ts";
import { inTemporaryFolder } from "../../support/temporary_folder.ts";

const main = new URL("../../../main.ts", import.meta.url).pathname;
const KERNEL = { loop: true, programs: ["mount", "umount", "mknod"] };
const FUSE = {
  ...KERNEL,
  programs: [...KERNEL.programs, "fuse2fs", "fuse-overlayfs", "fusermount3"],
  files: ["/dev/fuse"],
};

/** A stack in a folder whose name has all that options are cut at; what stays mounted is taken away. */
async function withStack(
  countLayers: number,
  use: (images: readonly string[], at: string, folder: string) => Promise<void>,
): Promise<void> {
  await inTemporaryFolder(async (place) => {
    const folder = `${place}/a:b,c d`;
    const at = `${place}/at:x,y z`;
    const tmp = `${place}/tmp:1,2`;
    for (const each of [folder, at, tmp]) mkdirSync(each, { mode: 0o755 });
    const images: string[] = [];
    for (let n = 0; n < countLayers; n++) {
      const source = `${place}/s${n}`;
      mkdirSync(source);
      writeFileSync(`${source}/of-${n}`, `${n}`);
      writeFileSync(`${source}/top`, `${n}`);
      if (n > 0) whiteOut(`${source}/of-${n - 1}`);
      const image = `${folder}/${n}.img`;
      await buildLayer(source, image, images[0]);
      images.unshift(image);
    }
    output("chmod", ["-R", "a+rX", place]);
    const before = Deno.env.get("TMPDIR");
    Deno.env.set("TMPDIR", tmp);
    try {
      await use(images, at, place);
      assert.deepEqual(readdirSync(tmp), [], "nothing is left in the temporary folder");
    } finally {
      if (before === undefined) Deno.env.delete("TMPDIR");
      else Deno.env.set("TMPDIR", before);
      for (const left of mountsBelow(place)) run("umount", ["-l", left]);
    }
  });
}

function assertShows(at: string, countLayers: number): void {
  const names = readdirSync(at).filter((name) => name !== "lost+found");
  assert.deepEqual(names.sort(), [`of-${countLayers - 1}`, "top"]);
  assert.equal(readFileSync(`${at}/top`, "utf8"), `${countLayers - 1}`);
}

Deno.test("the options of an overlay name the images by short names, topmost first", () => {
  assert.deepEqual(overlayArgv(["0", "1", "2"], "/m"), [
    ...["mount", "-t", "overlay", "-o", "ro,nosuid,nodev,lowerdir=0:1:2", "--", "icecore", "/m"],
  ]);
  const names = Array.from({ length: MOST_LAYERS }, (_, index) => `${index}`);
  assert.ok(overlayArgv(names, "/m")[4]!.length < 4096, "one page is all that the kernel takes");
});

Deno.test("more images than overlayfs takes are refused before anything is mounted", async () => {
  const subject = { path: "/x.img", isBlockDevice: false, hasJournal: false };
  const subjects = Array.from({ length: MOST_LAYERS + 1 }, () => subject);
  const mount = () => Promise.reject(new Error("it was mounted"));
  await assert.rejects(mountStack(subjects, "/m", "kernel", {}, mount), {
    code: "too-many-layers",
    message: /overlayfs takes 500 at most\. Make one full image of them with icecore merge/,
  });
});

testWith(
  KERNEL,
  "a stack is one mount, which umount takes away with all loop devices",
  () =>
    withStack(3, async (images, at, place) => {
      const { by } = await mountImage(images[0]!, at, { by: "kernel" });
      assert.equal(by, "kernel");
      assertShows(at, 3);
      assert.deepEqual(mountsBelow(place), [at]);
      const { options, source } = mountAt(at)!;
      for (const option of ["ro", "nosuid", "nodev"]) assert.ok(options.includes(option), option);
      assert.equal(source, "icecore");
      await unmountImage(at);
      assert.deepEqual(mountsBelow(place), []);
      assert.deepEqual(images.flatMap(loopDevicesOf), []);
    }),
);

testWith(
  KERNEL,
  "a layer is mounted alone where that is wanted",
  () =>
    withStack(2, async (images, at) => {
      await mountImage(images[0]!, at, { by: "kernel", layer: true });
      assert.equal(mountAt(at)!.fileSystem, "ext4");
      assert.ok(existsSync(`${at}/of-0`), "the whiteout");
      await unmountImage(at);
    }),
);

testWith(
  FUSE,
  "root mounts a stack by FUSE, and umount ends all programs",
  () =>
    withStack(3, async (images, at, place) => {
      const { by } = await mountImage(images[0]!, at, { by: "fuse" });
      assert.equal(by, "fuse");
      assertShows(at, 3);
      assert.deepEqual(mountsBelow(place), [at]);
      await unmountImage(at);
      assert.deepEqual(mountsBelow(place), []);
    }),
);

testWith(
  FUSE,
  "without root a stack is mounted by FUSE",
  () =>
    withStack(3, (images, at, place) => {
      output("chown", ["nobody", at, `${place}/tmp:1,2`]);
      const command = ["run", "-A", "--no-check", main];
      const asNobody = (args: string[]) => {
        const [program, ...rest] = [...AS_NOBODY, Deno.execPath(), ...command, ...args];
        return run(program!, rest);
      };
      const mounted = asNobody(["mount", images[0]!, at]);
      assert.equal(mounted.exitCode, 0, mounted.stderr);
      assert.deepEqual(mountsBelow(place), [at]);
      const seen = run(AS_NOBODY[0]!, [...AS_NOBODY.slice(1), "ls", at]);
      assert.match(new TextDecoder().decode(seen.stdout), /^of-2$/m);
      const unmounted = asNobody(["umount", at]);
      assert.equal(unmounted.exitCode, 0, unmounted.stderr);
      assert.deepEqual(mountsBelow(place), []);
      return Promise.resolve();
    }),
);

testWith(
  KERNEL,
  "what cannot be mounted leaves nothing mounted",
  () =>
    withStack(3, async (images, at, place) => {
      const controller = new AbortController();
      await assert.rejects(mountImage(images[0]!, at, {
        by: "kernel",
        signal: controller.signal,
        onCommand: (argv) => argv.includes("overlay") ? controller.abort() : undefined,
      }));
      assert.deepEqual(mountsBelow(place), []);
      assert.deepEqual(images.flatMap(loopDevicesOf), []);
    }),
);

testWith(
  KERNEL,
  "what a killed mount left, clean releases",
  () =>
    withStack(3, async (images, at, place) => {
      // A mount program that never ends where the overlay is to be mounted.
      const programs = `${place}/programs`;
      mkdirSync(programs);
      const real = output("sh", ["-c", "command -v mount"]).trim();
      const script =
        `#!/bin/sh\ncase "$*" in *overlay*) exec sleep 300;; esac\nexec ${real} "$@"\n`;
      writeFileSync(`${programs}/mount`, script, { mode: 0o755 });
      const child = new Deno.Command(Deno.execPath(), {
        args: ["run", "-A", "--no-check", main, "mount", images[0]!, at],
        env: { PATH: `${programs}:${Deno.env.get("PATH")}` },
        stdout: "null",
        stderr: "null",
      }).spawn();
      const isWaiting = () => mountsBelow(place).length === 3;
      for (let waits = 0; waits < 600 && !isWaiting(); waits++) {
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      assert.ok(isWaiting());
      child.kill("SIGKILL");
      await child.status;
      const cleaned = await icecoreOutput(["clean"]);
      assert.equal([...cleaned.matchAll(/^released mount /gm)].length, 3);
      assert.deepEqual(mountsBelow(place), []);
      assert.deepEqual(images.flatMap(loopDevicesOf), []);
    }),
);

testWith(
  KERNEL,
  "a stack of which an image is missing is not mounted, and the message names it",
  () =>
    withStack(2, async (images, at) => {
      Deno.removeSync(images[1]!);
      const { code, stderr } = await icecore(["mount", images[0]!, at]);
      assert.equal(code, 1);
      assert.match(stderr, /it needs the image below, 0\.img/);
      assert.equal(mountAt(at), undefined);
    }),
);
