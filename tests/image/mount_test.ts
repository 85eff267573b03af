import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { mountAt } from "../../host/mounts/mount_table.ts";
import { loopDevicesOf, mountsBelow } from "../../host/mounts/mounts.ts";
import { fuseArgv, kernelArgv } from "../../image/mount/commands.ts";
import { mountImage } from "../../image/mount_image.ts";
import { unmountImage } from "../../image/unmount_image.ts";
import { InterruptedError } from "../../pipeline/build_errors.ts";
import { output, run } from "../support/programs/oracles.ts";
import { AS_NOBODY } from "../support/programs/privileges.ts";
import { testWith } from "../support/programs/requirements.ts";
import { icecore, icecoreOutput } from "../support/programs/run_icecore.ts";
import { inTemporaryFolder } from "../support/temporary_folder.ts";

const main = new URL("../../main.ts", import.meta.url).pathname;
const subject = { path: "/x.img", isBlockDevice: false, hasJournal: true };

Deno.test("the kernel is asked for a loop device for files, and for noload only where there is a journal", () => {
  const options = (argv: readonly string[]) => argv[argv.indexOf("-o") + 1];
  assert.equal(options(kernelArgv(subject, "/m")), "ro,nosuid,nodev,loop,noload");
  const native = { ...subject, hasJournal: false };
  assert.equal(options(kernelArgv(native, "/m")), "ro,nosuid,nodev,loop");
  const device = { ...native, isBlockDevice: true };
  assert.deepEqual(kernelArgv(device, "/m").slice(-4), ["ro,nosuid,nodev", "--", "/x.img", "/m"]);
  assert.deepEqual(fuseArgv(native, "/m", false), [
    ...["fuse2fs", "-o", "ro,nosuid,nodev,fakeroot", "/x.img", "/m"],
  ]);
});

Deno.test("of the mount table names with blanks are read, and the topmost of several mounts", () => {
  const table = [
    "36 35 98:0 / /mnt/a\\040b rw,noatime shared:1 - ext3 /dev/root rw,errors=continue",
    "37 36 7:0 / /mnt/a\\040b ro,nosuid - ext4 /dev/loop0 ro",
    "",
  ].join("\n");
  assert.deepEqual(mountAt("/mnt/a b", table), {
    mountpoint: "/mnt/a b",
    root: "/",
    device: "7:0",
    fileSystem: "ext4",
    source: "/dev/loop0",
    options: ["ro", "nosuid"],
  });
  assert.equal(mountAt("/mnt", table), undefined);
});

/** An image made by icecore, and a folder to mount at; what is left mounted is unmounted. */
async function withMountpoint(
  use: (image: string, mountpoint: string) => Promise<void>,
): Promise<void> {
  await inTemporaryFolder(async (place) => {
    const [source, mountpoint] = [join(place, "docs"), join(place, "mount point")];
    mkdirSync(source);
    mkdirSync(mountpoint);
    writeFileSync(join(source, "a.txt"), "alpha", { mode: 0o600 });
    const image = join(place, "docs.img");
    await icecoreOutput(["build", source, "-o", image, "--quiet"]);
    try {
      await use(image, mountpoint);
    } finally {
      for (const left of mountsBelow(place)) run("umount", [left]);
    }
  });
}

testWith(
  { loop: true, programs: ["mount", "umount"] },
  "root mounts by the kernel",
  () =>
    withMountpoint(async (image, mountpoint) => {
      await icecoreOutput(["mount", image, mountpoint, "--quiet"]);
      const { fileSystem, options } = mountAt(mountpoint)!;
      assert.equal(fileSystem, "ext4");
      for (const option of ["ro", "nosuid", "nodev"]) assert.ok(options.includes(option), option);
      assert.equal(readFileSync(join(mountpoint, "docs/a.txt"), "utf8"), "alpha");
      await assert.rejects(mountImage(image, mountpoint), { code: "already-mounted" });
      await icecoreOutput(["umount", mountpoint]);
      assert.equal(mountAt(mountpoint), undefined);
      assert.deepEqual(loopDevicesOf(image), []);
    }),
);

testWith(
  { loop: true, programs: ["mount", "umount", "mkfs.ext4"] },
  "an image with a journal is mounted without touching it",
  () =>
    withMountpoint(async (image, mountpoint) => {
      output("mkfs.ext4", ["-q", "-F", image, "8M"]);
      const before = readFileSync(image);
      const { isStale } = await mountImage(image, mountpoint);
      assert.equal(isStale, false);
      assert.ok(existsSync(join(mountpoint, "lost+found")));
      await unmountImage(mountpoint);
      assert.ok(before.equals(readFileSync(image)));
    }),
);

testWith(
  { loop: true, programs: ["mount", "umount"] },
  "what is in use is not unmounted",
  () =>
    withMountpoint(async (image, mountpoint) => {
      await mountImage(image, mountpoint);
      const open = Deno.openSync(join(mountpoint, "docs/a.txt"));
      await assert.rejects(unmountImage(mountpoint), { code: "busy" });
      open.close();
      await unmountImage(mountpoint);
    }),
);

const fuse = { root: true, programs: ["fuse2fs", "umount", "unshare"] };

testWith(
  fuse,
  "FUSE mounts where it is asked for",
  () =>
    withMountpoint(async (image, mountpoint) => {
      const { by } = await mountImage(image, mountpoint, { by: "fuse" });
      assert.equal(by, "fuse");
      assert.match(mountAt(mountpoint)!.fileSystem, /^fuse/);
      assert.equal(readFileSync(join(mountpoint, "docs/a.txt"), "utf8"), "alpha");
      assert.throws(() => writeFileSync(join(mountpoint, "new"), ""));
      await unmountImage(mountpoint);
      assert.equal(mountAt(mountpoint), undefined);
    }),
);

testWith(
  fuse,
  "FUSE mounts where the kernel may not, as in a container without rights",
  () =>
    withMountpoint((image, mountpoint) => {
      const script = '"$@" && cat "$MOUNTPOINT/docs/a.txt" && umount "$MOUNTPOINT"';
      const { stdout, stderr, exitCode } = run("unshare", [
        ...["--user", "--map-root-user", "--mount", "env", `MOUNTPOINT=${mountpoint}`],
        ...["sh", "-c", script, "sh"],
        ...[Deno.execPath(), "run", "--allow-all", main, "mount", image, mountpoint],
      ]);
      assert.equal(exitCode, 0, stderr);
      assert.equal(new TextDecoder().decode(stdout), "alpha");
      assert.match(stderr, /by FUSE/);
      return Promise.resolve();
    }),
);

testWith(
  { loop: true, programs: ["mount", "setpriv", "unshare"] },
  "one who may not mount receives what to do",
  () =>
    withMountpoint((image, mountpoint) => {
      output("chmod", ["-R", "a+rX", join(image, "..")]);
      const closed = `${image}-closed`;
      writeFileSync(closed, "", { mode: 0o600 });
      // Where everybody may use FUSE, it is covered by what only root may open.
      const script = 'test ! -e /dev/fuse || mount --bind "$0" /dev/fuse; exec "$@"';
      const { stderr, exitCode } = run("unshare", [
        ...["--mount", "sh", "-c", script, closed, ...AS_NOBODY],
        ...[Deno.execPath(), "run", "--allow-all", main, "mount", image, mountpoint],
      ]);
      assert.equal(exitCode, 1);
      assert.match(stderr, /cannot mount .*only root may mount .*icecore ls, cat and extract need/);
      return Promise.resolve();
    }),
);

Deno.test("what cannot be mounted or unmounted is refused with a word", () =>
  withMountpoint(async (image, mountpoint) => {
    await assert.rejects(mountImage("https://example.com/x.img", mountpoint), {
      code: "cannot-mount",
      message: /icecore ls, cat and extract/,
    });
    await assert.rejects(mountImage(image, `${mountpoint}/none`), { code: "no-folder" });
    await assert.rejects(mountImage(mountpoint, mountpoint), { name: "EnvironmentError" });
    await assert.rejects(unmountImage(mountpoint), { code: "not-mounted" });
    await assert.rejects(unmountImage("/proc"), { code: "not-an-image" });
    assert.equal((await icecore(["umount", mountpoint])).code, 1);
  }));

testWith(
  { loop: true, programs: ["mount", "umount"] },
  "an interruption while the program runs takes away what it has mounted, and is reported as such",
  () =>
    withMountpoint(async (image, mountpoint) => {
      for (const by of ["kernel", "auto"] as const) {
        const interruption = new AbortController();
        const mounting = mountImage(image, mountpoint, {
          by,
          signal: interruption.signal,
          onCommand: () =>
            queueMicrotask(() => interruption.abort(new InterruptedError("SIGTERM"))),
        });
        await assert.rejects(mounting, {
          code: "interrupted",
          message: "interrupted by SIGTERM: nothing was left behind",
        });
        assert.equal(mountAt(mountpoint), undefined);
        assert.deepEqual(loopDevicesOf(image), []);
      }
    }),
);

testWith(
  { loop: true, programs: ["mount", "umount"] },
  "an interruption that comes when the image is mounted already unmounts it",
  () =>
    withMountpoint(async (image, mountpoint) => {
      const bin = join(mountpoint, "../bin");
      mkdirSync(bin);
      // The program is done when the signal comes, and takes a while to end.
      const script = `#!/bin/sh\n/bin/mount "$@" && echo >"${bin}/done"; trap "" TERM; sleep 1`;
      writeFileSync(`${bin}/mount`, script, { mode: 0o755 });
      const child = new Deno.Command(Deno.execPath(), {
        args: ["run", "--allow-all", "--quiet", main, "mount", image, mountpoint],
        env: { PATH: `${bin}:${Deno.env.get("PATH")}` },
        stdout: "null",
        stderr: "piped",
      }).spawn();
      while (!existsSync(`${bin}/done`)) await new Promise((resolve) => setTimeout(resolve, 10));
      child.kill("SIGINT");
      const { code, stderr } = await child.output();
      assert.equal(code, 130);
      assert.match(new TextDecoder().decode(stderr), /interrupted by SIGINT: nothing was left/);
      assert.equal(mountAt(mountpoint), undefined);
      assert.deepEqual(loopDevicesOf(image), []);
    }),
);
