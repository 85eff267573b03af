import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { withDisk } from "../support/mounts/mounted_disk.ts";
import { testWith } from "../support/programs/requirements.ts";
import { icecore } from "../support/programs/run_icecore.ts";
import { inTemporaryFolder } from "../support/temporary_folder.ts";

const EXCLUDES = ["--exclude", "*.tmp", "--exclude", "cache/", "--exclude", "none-*"];

function fill(folder: string): void {
  mkdirSync(`${folder}/source/cache`, { recursive: true });
  for (const name of ["a", "b.tmp", "cache/c"]) writeFileSync(`${folder}/source/${name}`, "");
}

Deno.test("a pattern that matched nothing is named at the end, in JSON as well", () =>
  inTemporaryFolder(async (folder) => {
    fill(folder);
    const args = ["build", "source", "-o", "out.img", "--force", ...EXCLUDES];
    const { code, stderr } = await icecore(args, { cwd: folder });
    assert.equal(code, 0, stderr);
    assert.match(stderr, /^icecore: --exclude none-\* matched nothing$/m);
    assert.doesNotMatch(stderr, /(tmp|cache\/) matched nothing/);
    const json = await icecore([...args, "--json"], { cwd: folder });
    const last = JSON.parse(json.stdout.trim().split("\n").at(-1)!);
    assert.deepEqual(last.image.report.unmatchedPatterns, ["none-*"]);
  }));

Deno.test("a dry run names what matched nothing, and with --verbose what is excluded", () =>
  inTemporaryFolder(async (folder) => {
    fill(folder);
    const args = ["build", "source", "-o", "out.img", "--dry-run", ...EXCLUDES];
    const { stdout } = await icecore(args, { cwd: folder });
    assert.match(stdout, /^ +matched nothing: none-\*$/m);
    assert.doesNotMatch(stdout, /excluded: /);
    const verbose = await icecore([...args, "--verbose"], { cwd: folder });
    const excluded = [...verbose.stdout.matchAll(/^ +excluded: (\S+)$/gm)].map(([, path]) => path);
    assert.deepEqual(excluded, [`${folder}/source/b.tmp`, `${folder}/source/cache`]);
  }));

const SOCKET = "import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])";

for (const recipe of ["native", "e2fsprogs"]) {
  testWith(
    { root: true, programs: ["python3", "mkfs.ext4", "resize2fs", "dumpe2fs"], loop: true },
    `a dry run names what is not stored, and looks at the room on the disk (${recipe})`,
    () =>
      inTemporaryFolder(async (folder) => {
        fill(folder);
        writeFileSync(`${folder}/source/large`, new Uint8Array(3 << 20).fill(1));
        spawnSync("python3", ["-c", SOCKET, `${folder}/source/socket`]);
        const dryRun = ["build", "source", "--dry-run", "--recipe", recipe, "-o"];
        const { stdout } = await icecore([...dryRun, "out.img"], { cwd: folder });
        assert.match(stdout, /^ +skipped: \S+\/source\/socket: sockets are not stored$/m);
        assert.match(stdout, /^ +free on the disk: /m);
        await withDisk(`${folder}/disk`, "size=1m", async () => {
          const full = await icecore([...dryRun, "disk/out.img"], { cwd: folder });
          assert.equal(full.code, 1, full.stdout);
          assert.match(full.stderr, /cannot make \S+out\.img: it needs .*, and the disk has/);
        });
      }),
  );
}
