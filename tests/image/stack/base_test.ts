import assert from "node:assert/strict";
import {
  copyFileSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { openImage } from "../../../image/open_image.ts";
import { buildLayer } from "../../support/images/hand_made_layer.ts";
import { output } from "../../support/programs/oracles.ts";
import { testWith } from "../../support/programs/requirements.ts";
import { icecore } from "../../support/programs/run_icecore.ts";
import { folderServer } from "../../support/servers/folder_server.ts";
import { inTemporaryFolder } from "../../support/temporary_folder.ts";

/** Three images: `full.img`, `mon.img` on it, `tue.img` on that. */
async function withStackOfThree(use: (folder: string) => Promise<void>): Promise<void> {
  await inTemporaryFolder(async (folder) => {
    let base: string | undefined;
    for (const name of ["full", "mon", "tue"]) {
      mkdirSync(`${folder}/${name}`);
      writeFileSync(`${folder}/${name}/${name}.txt`, `of ${name}`);
      // Long ago: what is written to an image within a second of its newest file cannot be seen.
      for (const path of [`${name}/${name}.txt`, name]) utimesSync(`${folder}/${path}`, 1e9, 1e9);
      await buildLayer(`${folder}/${name}`, `${folder}/${name}.img`, base);
      base = `${folder}/${name}.img`;
    }
    await use(folder);
  });
}

async function refusal(location: string, bases: string[] = []): Promise<Error & { code: string }> {
  try {
    await using _image = await openImage(location, { bases });
  } catch (error) {
    return error as Error & { code: string };
  }
  throw new Error("it was opened");
}

async function namesOf(location: string, bases: string[] = []): Promise<string[]> {
  await using image = await openImage(location, { bases });
  const names: string[] = [];
  for await (const { nameText } of image.list("/")) names.push(nameText);
  return names.filter((name) => name !== "lost+found").sort();
}

const ALL = ["full.txt", "mon.txt", "tue.txt"];

Deno.test("the images below are found beside the image that is opened", () =>
  withStackOfThree(async (folder) => {
    assert.deepEqual(await namesOf(`${folder}/tue.img`), ALL);
    assert.deepEqual(await namesOf(`${folder}/mon.img`), ["full.txt", "mon.txt"]);
  }));

Deno.test("a missing image is named, with its UUID and where it was looked for", () =>
  withStackOfThree(async (folder) => {
    rmSync(`${folder}/full.img`);
    const { code, message } = await refusal(`${folder}/tue.img`);
    assert.equal(code, "base-missing");
    assert.match(
      message,
      /cannot read .*\/mon\.img: it needs the image below, full\.img, of UUID /,
    );
    assert.match(message, /there is no .*\/full\.img\. /);
  }));

Deno.test("images are found in a folder, and by other names, where the caller says", () =>
  withStackOfThree(async (folder) => {
    mkdirSync(`${folder}/elsewhere`);
    renameSync(`${folder}/mon.img`, `${folder}/elsewhere/mon.img`);
    renameSync(`${folder}/full.img`, `${folder}/elsewhere/january.img`);
    const bases = [`${folder}/elsewhere`, `${folder}/elsewhere/january.img`];
    assert.deepEqual(await namesOf(`${folder}/tue.img`, bases), ALL);
    assert.equal((await refusal(`${folder}/tue.img`, [bases[0]!])).code, "base-missing");
  }));

Deno.test("another image in the place of the one below is refused, and the right one named", () =>
  withStackOfThree(async (folder) => {
    copyFileSync(`${folder}/full.img`, `${folder}/mon.img`);
    const { code, message } = await refusal(`${folder}/tue.img`);
    assert.equal(code, "wrong-base");
    assert.match(message, /\/mon\.img is not the image that it was built on: it is another one/);
    assert.match(message, /Wanted is mon\.img, of UUID [0-9a-f-]{36}: /);
  }));

Deno.test("the right one elsewhere is taken where a wrong one lies beside the image", () =>
  withStackOfThree(async (folder) => {
    mkdirSync(`${folder}/right`);
    renameSync(`${folder}/mon.img`, `${folder}/right/mon.img`);
    copyFileSync(`${folder}/full.img`, `${folder}/mon.img`);
    assert.deepEqual(await namesOf(`${folder}/tue.img`, [`${folder}/right`, folder]), ALL);
  }));

Deno.test("images in the wrong order are refused", () =>
  withStackOfThree(async (folder) => {
    mkdirSync(`${folder}/alone`);
    renameSync(`${folder}/tue.img`, `${folder}/alone/tue.img`);
    const { code, message } = await refusal(`${folder}/alone/tue.img`, [`${folder}/full.img`]);
    assert.equal(code, "wrong-base");
    assert.match(message, /Wanted is mon\.img/);
  }));

Deno.test("an image of the same names, sizes and times with other contents is refused", () =>
  withStackOfThree(async (folder) => {
    const file = `${folder}/full/full.txt`;
    const before = Deno.statSync(file).mtime!;
    writeFileSync(file, "OF FULL");
    utimesSync(file, before, before);
    for (const name of ["full.img", "full.img.sha512"]) rmSync(`${folder}/${name}`);
    await buildLayer(`${folder}/full`, `${folder}/full.img`);
    const { code } = await refusal(`${folder}/mon.img`);
    assert.equal(code, "wrong-base");
  }));

testWith(
  { programs: ["debugfs"] },
  "an image that was written to since is refused, and one that got a label is not",
  () =>
    withStackOfThree(async (folder) => {
      output("debugfs", ["-w", "-R", "ssv volume_name given", `${folder}/full.img`]);
      assert.deepEqual(await namesOf(`${folder}/mon.img`), ["full.txt", "mon.txt"]);
      output("debugfs", ["-w", "-R", "sif /full.txt size 3", `${folder}/full.img`]);
      const { code, message } = await refusal(`${folder}/mon.img`);
      assert.equal(code, "wrong-base");
      assert.match(message, /it was written to since/);
    }),
);

Deno.test("an image below that is cut short is named as the one that cannot be used", () =>
  withStackOfThree(async (folder) => {
    truncateSync(`${folder}/full.img`, 8192);
    const { code, message } = await refusal(`${folder}/tue.img`);
    assert.equal(code, "base-unreadable");
    assert.match(message, /\/full\.img cannot be used: .*Wanted is full\.img/s);
  }));

Deno.test("an image below that is a circle of links is unreadable, and no endless search", () =>
  withStackOfThree(async (folder) => {
    rmSync(`${folder}/full.img`);
    symlinkSync("full.img", `${folder}/full.img`);
    assert.equal((await refusal(`${folder}/tue.img`)).code, "base-unreadable");
  }));

Deno.test("an image below that is cut while it is read is an error that names it", () =>
  withStackOfThree(async (folder) => {
    await using image = await openImage(`${folder}/tue.img`);
    truncateSync(`${folder}/full.img`, 4096);
    await assert.rejects(
      (async () => new Response(await image.readFile("/full.txt")).text())(),
      /\/full\.img/,
    );
  }));

Deno.test("the images below one on a server are found beside it there", () =>
  withStackOfThree(async (folder) => {
    await using server = await folderServer(folder);
    assert.deepEqual(await namesOf(`${server.url}tue.img`), ALL);
    assert.deepEqual([...new Set(server.requests.map((each) => each.split(" ")[0]))].sort(), [
      "full.img",
      "mon.img",
      "tue.img",
    ]);
    rmSync(`${folder}/full.img`);
    const { code, message } = await refusal(`${server.url.replace("//", "//anna:secret@")}tue.img`);
    assert.equal(code, "base-missing");
    assert.ok(!message.includes("secret"), message);
  }));

Deno.test("the flag that says where an image is is named with the error", () =>
  withStackOfThree(async (folder) => {
    rmSync(`${folder}/full.img`);
    const { code, stderr } = await icecore(["ls", `${folder}/tue.img`]);
    assert.equal(code, 1);
    assert.match(stderr, /full\.img/);
    assert.match(stderr, /--base/);
    const alone = await icecore(["ls", "--layer", `${folder}/tue.img`]);
    assert.equal(alone.stdout, "lost+found\ntue.txt\n");
  }));
