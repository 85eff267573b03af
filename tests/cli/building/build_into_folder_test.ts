/**
 * Nights: images under names with a date, what they lie on, and what goes.
 */

import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { lockFolder } from "../../../host/files/folder_lock.ts";
import { icecoreAt } from "../../nights/at_time.ts";
import { icecore, icecoreOutput } from "../../support/programs/run_icecore.ts";
import { inTemporaryFolder } from "../../support/temporary_folder.ts";

const DAY_MS = 86_400_000;
/** Two in the morning in Berlin, in a year in which no file of the source has been written yet. */
const FIRST_MS = Date.parse("2036-11-01T01:00:00Z");
const nameOf = (night: number) => `srv-2036-11-${String(night + 1).padStart(2, "0")}T0200.img`;
const imagesIn = (folder: string) =>
  readdirSync(folder).filter((name) => name.endsWith(".img")).sort();

/** A folder with `srv` and an empty `backup`, and a way to have nights go by. */
async function withNights(
  use: (folder: string, night: (night: number, ...args: string[]) => Promise<string>) => unknown,
): Promise<void> {
  await inTemporaryFolder(async (folder) => {
    mkdirSync(`${folder}/srv`);
    mkdirSync(`${folder}/backup`);
    await use(folder, async (night, ...args) => {
      writeFileSync(`${folder}/srv/${night}.txt`, `night ${night}`);
      const all = ["build", "srv", "--to", "backup", "-q", ...args];
      const { code, stderr, stdout } = await icecoreAt(FIRST_MS + night * DAY_MS, all, {
        cwd: folder,
      });
      assert.deepEqual([code, stderr], [0, ""]);
      return stdout;
    });
  });
}

Deno.test("nights: a full image, then layers; what no rule keeps goes, with all that belongs to it", () =>
  withNights(async (folder, night) => {
    const backup = `${folder}/backup`;
    writeFileSync(`${backup}/notes.txt`, "mine");
    await icecoreOutput(["build", "srv", "-o", "backup/mine.img", "-q"], folder);
    const nightly = (at: number) => night(at, "--full-every", "3", "--keep-last", "2");
    assert.match(await nightly(0), /^[0-9a-f]{128} {2}backup\/srv-2036-11-01T0200\.img\n$/);
    for (const at of [1, 2, 3]) await nightly(at);
    // The third lies on the second, and that on the first.
    assert.deepEqual(imagesIn(backup), ["mine.img", ...[0, 1, 2, 3].map(nameOf)]);
    await nightly(4);
    assert.deepEqual(imagesIn(backup), ["mine.img", ...[3, 4].map(nameOf)]);
    assert.deepEqual(
      readdirSync(backup).sort(),
      [
        ".icecore.lock",
        "mine.img",
        "mine.img.sha512",
        "notes.txt",
        ...[3, 4].map(nameOf).flatMap((name) => [name, `${name}.note.json`, `${name}.sha512`]),
      ].sort(),
    );
    assert.equal(
      await icecoreOutput(["ls", `backup/${nameOf(4)}`, "srv"], folder),
      "0.txt\n1.txt\n2.txt\n3.txt\n4.txt\n",
    );
    assert.equal(
      (await icecoreOutput(["list", "backup"], folder)).replaceAll(/\d[\d.]+ [KM]iB/g, "SIZE")
        .replaceAll(/ +/g, " "),
      [
        "image taken size layers verified",
        `${nameOf(3)} 2036-11-04 02:00 SIZE full 2036-11-04 02:00`,
        `${nameOf(4)} 2036-11-05 02:00 SIZE on ${nameOf(3)} 2036-11-05 02:00`,
        "mine.img unknown SIZE full never",
        "",
      ].join("\n"),
    );
    const info = await icecoreOutput(["info", `backup/${nameOf(4)}`], folder);
    assert.match(info, /^taken +2036-11-05 02:00:0\d, of .*\/srv on /m);
  }));

Deno.test("a dry run shows what would be kept and why, and changes nothing", () =>
  withNights(async (folder, night) => {
    for (const at of [0, 1]) await night(at, "--full-every", "9");
    const before = readdirSync(`${folder}/backup`);
    const { stdout, code } = await icecoreAt(
      FIRST_MS + 2 * DAY_MS,
      ["build", "srv", "--to", "backup", "--keep-last", "1", "--dry-run"],
      { cwd: folder },
    );
    assert.equal(code, 0);
    const planned = stdout.slice(stdout.indexOf("\n\n") + 2).replaceAll(/ +/g, " ");
    assert.match(stdout, /^Would build .*backup\/srv-2036-11-03T0200\.img from/);
    assert.match(planned, /^remove srv-2036-11-01\S+ [^\n]+B\nremove srv-2036-11-02\S+ [^\n]+B\n/);
    assert.match(planned, /\nkeep srv-2036-11-03T0200\.img 0 B last; newest verified\n$/);
    const prune = ["prune", "backup", "--keep-last", "1"];
    const { stdout: dry } = await icecoreAt(
      FIRST_MS + 2 * DAY_MS,
      [...prune, "--dry-run"],
      { cwd: folder },
    );
    assert.match(
      dry,
      /^keep +srv-2036-11-01\S+ .* others lie on it\nkeep +srv-2036-11-02\S+ .* last/,
    );
    assert.deepEqual(readdirSync(`${folder}/backup`), before);
    const pruned = await icecoreAt(FIRST_MS + 2 * DAY_MS, prune, { cwd: folder });
    assert.equal(pruned.stdout, "nothing to remove\n");
  }));

Deno.test("two folders of one name have their images in one folder, each with its own rules", () =>
  withNights(async (folder, night) => {
    await night(0, "--keep-last", "9");
    mkdirSync(`${folder}/other/srv`, { recursive: true });
    const args = ["build", "other/srv", "--to", "backup", "--full-every", "5", "--keep-last", "1"];
    for (const at of [1, 2]) {
      const { code } = await icecoreAt(FIRST_MS + at * DAY_MS, [...args, "-q"], { cwd: folder });
      assert.equal(code, 0);
    }
    assert.deepEqual(imagesIn(`${folder}/backup`), [0, 1, 2].map(nameOf));
    const list = await icecoreOutput(["list", "backup"], folder);
    assert.match(list, new RegExp(`${nameOf(1)} .* full `));
    assert.match(list, new RegExp(`${nameOf(2)} .* on ${nameOf(1)}`));
  }));

Deno.test("a damaged image is found, named, built on no more, and left to the user", () =>
  withNights(async (folder, night) => {
    const backup = `${folder}/backup`;
    for (const at of [0, 1]) await night(at, "--full-every", "9");
    const damaged = `${backup}/${nameOf(1)}`;
    const bytes = readFileSync(damaged);
    bytes.fill(0xff, bytes.indexOf("night 1"), bytes.indexOf("night 1") + 4);
    writeFileSync(damaged, bytes);
    const found = await icecore(["verify", "--all", "backup"], { cwd: folder });
    assert.equal(found.code, 4);
    assert.match(found.stderr, new RegExp(`${nameOf(1)}`));
    await night(2, "--full-every", "9", "--keep-last", "1");
    const list = await icecoreOutput(["list", "backup"], folder);
    assert.match(list, new RegExp(`${nameOf(1)} .* NO: damaged when it was verified`));
    assert.match(list, new RegExp(`${nameOf(2)} .* on ${nameOf(0)} `));
    const prune = ["prune", "backup", "--keep-last", "1", "--broken"];
    // Today, all of them are of the future.
    assert.equal(await icecoreOutput(prune, folder), "nothing to remove\n");
    const { stdout: pruned } = await icecoreAt(FIRST_MS + 3 * DAY_MS, prune, { cwd: folder });
    assert.match(pruned, new RegExp(`^removed ${nameOf(1)}\n1 image removed, `));
  }));

Deno.test("what a killed removal left is removed by the next run; a note alone is nothing", () =>
  withNights(async (folder, night) => {
    const backup = `${folder}/backup`;
    await night(0);
    const gone = `${backup}/srv-2036-10-01T0200.img`;
    const files = ["srv-2036-10-01T0200.img.sha512", "../srv/0.txt", `${nameOf(0)}`];
    writeFileSync(`${gone}.sha512`, "x");
    writeFileSync(`${gone}.note.json`, JSON.stringify({ icecore: 1, files, removing: true }));
    await night(1);
    // A name with a folder in it makes it no note at all.
    assert.ok(readdirSync(backup).includes("srv-2036-10-01T0200.img.note.json"));
    files.splice(1, 1);
    writeFileSync(`${gone}.note.json`, JSON.stringify({ icecore: 1, files, removing: true }));
    writeFileSync(`${backup}/other.img.note.json`, JSON.stringify({ icecore: 1 }));
    await night(2);
    const left = readdirSync(backup);
    assert.deepEqual(left.filter((name) => name.startsWith("srv-2036-10")), []);
    assert.ok(left.includes("other.img.note.json"));
    assert.deepEqual(imagesIn(backup), [0, 1, 2].map(nameOf));
  }));

Deno.test("an image without a note is dated by its name, and verified before it counts", () =>
  withNights(async (folder, night) => {
    await night(0);
    for (const suffix of [".note.json", ".sha512"]) {
      rmSync(`${folder}/backup/${nameOf(0)}${suffix}`);
    }
    const list = () => icecoreOutput(["list", "backup"], folder);
    assert.match(await list(), /~2036-11-01 02:00 .* never$/m);
    const info = () => icecoreOutput(["info", `backup/${nameOf(0)}`], folder);
    assert.match(await info(), /^taken +2036-11-01 02:00:00, as its name says$/m);
    renameSync(`${folder}/backup/${nameOf(0)}`, `${folder}/backup/x.img`);
    const other = await icecoreOutput(["info", "backup/x.img"], folder);
    assert.match(other, /^taken +not known: .*/m);
    renameSync(`${folder}/backup/x.img`, `${folder}/backup/${nameOf(0)}`);
    await night(1, "--full-every", "5");
    assert.match(await list(), new RegExp(`${nameOf(1)} .* on ${nameOf(0)}`));
  }));

Deno.test("a folder within the source is refused, and left as it is; or it is left out", () =>
  inTemporaryFolder(async (folder) => {
    mkdirSync(`${folder}/srv/backup`, { recursive: true });
    writeFileSync(`${folder}/srv/a`, "a");
    const build = ["build", "srv", "--to", "srv/backup", "-q"];
    const { code, stderr } = await icecore(build, { cwd: folder });
    assert.equal(code, 2);
    assert.match(
      stderr,
      /lies within the source \S+ and would contain itself\. .*--exclude\)\.\n$/,
    );
    assert.deepEqual(readdirSync(`${folder}/srv/backup`), []);
    for (let count = 0; count < 2; count++) {
      await icecoreOutput([...build, "--exclude", "/backup"], folder);
    }
    const images = imagesIn(`${folder}/srv/backup`);
    assert.equal(images.length, 2);
    const found = await icecoreOutput(["find", `srv/backup/${images[1]}`, "srv"], folder);
    assert.equal(found, "srv\nsrv/a\n");
  }));

Deno.test("with a name of its own a machine keeps its images, whatever it is called that night", () =>
  withNights(async (folder, night) => {
    for (const at of [0, 1]) await night(at, "--host-name", "box", "--full-every", "5");
    const note = JSON.parse(readFileSync(`${folder}/backup/${nameOf(1)}.note.json`, "utf8"));
    assert.deepEqual([note.host, note.base], ["box", nameOf(0)]);
    // Of another machine: not built on, and not removed.
    await night(2, "--host-name", "other", "--full-every", "5", "--keep-last", "1");
    assert.deepEqual(imagesIn(`${folder}/backup`), [0, 1, 2].map(nameOf));
    const other = JSON.parse(readFileSync(`${folder}/backup/${nameOf(2)}.note.json`, "utf8"));
    assert.equal(other.base, undefined);
  }));

Deno.test("one at a time: a second run is refused while a folder is worked in", () =>
  withNights(async (folder, night) => {
    await night(0);
    const unlock = lockFolder(`${folder}/backup`);
    for (
      const args of [["build", "srv", "--to", "backup"], ["prune", "backup", "--keep-last", "1"]]
    ) {
      const { code, stderr } = await icecore(args, { cwd: folder });
      assert.equal(code, 1);
      assert.match(stderr, /cannot work in .*backup: another icecore is at work there/);
    }
    unlock();
  }));

Deno.test("options that make no sense together are refused before anything is written", async () => {
  await inTemporaryFolder(async (folder) => {
    mkdirSync(`${folder}/srv`);
    writeFileSync(`${folder}/x.img`, "");
    const refused: readonly (readonly [string, number, RegExp])[] = [
      ["build srv --to . -o y.img", 2, /cannot use --to with -o/],
      ["build srv --to . --base x.img", 2, /cannot use --to with --base/],
      ["build srv --keep-last 3", 2, /cannot use --keep-… without --to/],
      ["build srv --full-every 3", 2, /cannot use --full-every without --to/],
      ["build srv --to missing", 1, /there is no such folder. Make it, or mount the disk/],
      ["build / --to .", 2, /cannot name images after \//],
      ["prune .", 2, /no rule says what is kept/],
      ["prune . --keep-last 0", 2, /keep-last/],
      ["prune missing --keep-last 1", 1, /missing/],
      ["list missing", 1, /missing/],
      ["list x.img", 2, /it is not a folder\. To list what is in an image: icecore ls IMAGE$/m],
      ["list https://example.org/", 2, /web servers have no common way to list a folder/],
    ];
    for (const [line, code, message] of refused) {
      const outcome = await icecore(line.split(" "), { cwd: folder });
      assert.equal(outcome.code, code, `${line}: ${outcome.stderr}`);
      assert.match(outcome.stderr, message);
    }
    assert.deepEqual(readdirSync(folder).sort(), ["srv", "x.img"]);
  });
});
