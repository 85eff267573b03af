import assert from "node:assert/strict";
import {
  copyFileSync,
  mkdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { type VerifyFailure, verifyImage, type VerifyImageOptions } from "../../../image/verify.ts";
import { VerificationError } from "../../../pipeline/build_errors.ts";
import { buildLayer } from "../../support/images/hand_made_layer.ts";
import { icecore, icecoreOutput } from "../../support/programs/run_icecore.ts";
import { inTemporaryFolder } from "../../support/temporary_folder.ts";

/** `full.img`, `mon.img` on it, `tue.img` on that; each has one file of its own, with its name. */
async function withStack(use: (folder: string) => Promise<void>): Promise<void> {
  await inTemporaryFolder(async (folder) => {
    mkdirSync(`${folder}/source`);
    let base: string | undefined;
    for (const name of ["full", "mon", "tue"]) {
      mkdirSync(`${folder}/${name}`);
      for (const place of [name, "source"]) {
        writeFileSync(`${folder}/${place}/${name}.txt`, `contents of ${name}`);
        utimesSync(`${folder}/${place}/${name}.txt`, 1e9, 1e9);
        utimesSync(`${folder}/${place}`, 1e9, 1e9);
      }
      await buildLayer(`${folder}/${name}`, `${folder}/${name}.img`, base);
      base = `${folder}/${name}.img`;
    }
    await use(folder);
  });
}

async function failuresOf(
  image: string,
  options: VerifyImageOptions = {},
): Promise<{ failures: VerifyFailure[]; message: string }> {
  const failures: VerifyFailure[] = [];
  const onFailure = (failure: VerifyFailure) => void failures.push(failure);
  try {
    await verifyImage(image, { ...options, onFailure });
  } catch (error) {
    if (!(error instanceof VerificationError)) throw error;
    return { failures, message: error.message };
  }
  throw new Error("nothing was wrong");
}

function damage(image: string, text: string): void {
  const bytes = readFileSync(image);
  const at = bytes.indexOf(text);
  assert.ok(at > 0);
  bytes[at]! ^= 1;
  writeFileSync(image, bytes);
}

Deno.test("all images of a stack are verified, the topmost first", () =>
  withStack(async (folder) => {
    const { below, contents } = await verifyImage(`${folder}/tue.img`);
    assert.deepEqual(below!.map(({ shownName }) => shownName), [
      `${folder}/mon.img`,
      `${folder}/full.img`,
    ]);
    assert.equal(contents!.countFiles, 1);
    for (const { record, contents, digest } of below!) {
      assert.equal(record.state, "sound");
      assert.equal(contents!.countFiles, 1);
      assert.equal(digest!.algorithm, "sha512");
    }
    const printed = await icecoreOutput(["verify", `${folder}/tue.img`]);
    assert.equal(
      printed,
      ["tue", "mon", "full"].map((name) => `${folder}/${name}.img: OK\n`).join(""),
    );
  }));

Deno.test("an image below needs no side file, for the record above vouches for it", () =>
  withStack(async (folder) => {
    rmSync(`${folder}/full.img.sha512`);
    const { below } = await verifyImage(`${folder}/tue.img`);
    assert.equal(below![1]!.digest, undefined);
    assert.equal(below![1]!.contents!.countFiles, 1);
  }));

Deno.test("a damaged image below is named, with its damaged file", () =>
  withStack(async (folder) => {
    damage(`${folder}/full.img`, "contents of full");
    const { failures, message } = await failuresOf(`${folder}/tue.img`);
    assert.deepEqual(
      failures.map(({ check, image }) => [check, image]),
      [["contents", `${folder}/full.img`], ["digest", `${folder}/full.img`]],
    );
    assert.match(message, /cannot trust .*tue\.img: .*full\.img: 1 file is damaged/);
    const { code, stderr } = await icecore(["verify", `${folder}/tue.img`]);
    assert.equal(code, 4);
    assert.match(stderr, /full\.img: contents: full\.txt: /);
  }));

Deno.test("the images above a damaged one are sound, and the layer alone is", () =>
  withStack(async (folder) => {
    damage(`${folder}/full.img`, "contents of full");
    const { below } = await verifyImage(`${folder}/tue.img`, { layer: true });
    assert.equal(below, undefined);
  }));

Deno.test("a missing image, and one that is not the one that was used, are named", () =>
  withStack(async (folder) => {
    copyFileSync(`${folder}/full.img`, `${folder}/mon.img`);
    const other = await failuresOf(`${folder}/tue.img`);
    assert.deepEqual(
      other.failures.map((failure) => [failure.check, "code" in failure && failure.code]),
      [
        ["base", "wrong-base"],
      ],
    );
    assert.match(other.message, /mon\.img is not the image that it was built on/);
    rmSync(`${folder}/mon.img`);
    const missing = await failuresOf(`${folder}/tue.img`);
    assert.equal("code" in missing.failures[0]! && missing.failures[0].code, "base-missing");
    const { code, stderr } = await icecore(["verify", `${folder}/tue.img`]);
    assert.equal(code, 4);
    assert.match(stderr, /it needs the image below, mon\.img, of UUID/);
  }));

Deno.test("an image below that is cut short is named as one that cannot be used", () =>
  withStack(async (folder) => {
    truncateSync(`${folder}/full.img`, 8192);
    const { failures, message } = await failuresOf(`${folder}/tue.img`);
    assert.ok(failures.some((failure) => failure.check === "base"));
    assert.match(message, /full\.img cannot be used/);
  }));

Deno.test("the source is compared with what the images show together", () =>
  withStack(async (folder) => {
    const sources = [`${folder}/source/.`];
    await verifyImage(`${folder}/tue.img`, { sources });
    writeFileSync(`${folder}/source/more.txt`, "more");
    rmSync(`${folder}/source/full.txt`);
    const { failures } = await failuresOf(`${folder}/tue.img`, { sources });
    assert.deepEqual(
      failures.map((each) => each.check === "source" && each.difference.path),
      [".", "full.txt", "more.txt"],
    );
  }));

Deno.test("only the images are read in which the files lie that are asked for", () =>
  withStack(async (folder) => {
    damage(`${folder}/full.img`, "contents of full");
    const { contents, below } = await verifyImage(`${folder}/tue.img`, {
      paths: ["tue.txt", "mon.txt"],
    });
    assert.deepEqual(
      [contents, ...below!.map(({ contents }) => contents)].map((each) => each!.countFiles),
      [1, 1, 0],
    );
    const { failures } = await failuresOf(`${folder}/tue.img`, { paths: ["full.txt"] });
    assert.deepEqual(failures.map(({ check }) => check), ["contents"]);
  }));
