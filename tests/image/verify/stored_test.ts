import assert from "node:assert/strict";
import {
  copyFileSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { generateX25519Identity, identityToRecipient } from "age-encryption";
import { type VerifyFailure, verifyImage } from "../../../image/verify.ts";
import age from "../../../plugins/age.ts";
import split from "../../../plugins/split.ts";
import zstd from "../../../plugins/zstd.ts";
import type { VerifyImageOptions } from "../../../read.ts";
import { build, inPlace, type Place, type Used } from "../../plugins/building.ts";
import { output } from "../../support/programs/oracles.ts";
import { testWith } from "../../support/programs/requirements.ts";
import { icecore } from "../../support/programs/run_icecore.ts";
import { folderServer } from "../../support/servers/folder_server.ts";

const IDENTITY = await generateX25519Identity();
const AGE: Used = [age, { recipients: [await identityToRecipient(IDENTITY)], engine: "library" }];
const OPENS = { identities: [IDENTITY] };

/** Verifies what is wrong. @returns the failures and the final message */
async function failuresOf(location: string, options: VerifyImageOptions = {}) {
  const failures: VerifyFailure[] = [];
  let message = "";
  await assert.rejects(
    verifyImage(location, { ...options, onFailure: (failure) => failures.push(failure) }),
    (error: Error & { code?: string }) => {
      assert.equal(error.code, "verification-failed", error.message);
      message = error.message;
      return true;
    },
  );
  return { failures, message };
}

function flip(path: string, at: number): void {
  const bytes = readFileSync(path);
  bytes[at]! ^= 1;
  writeFileSync(path, bytes);
}

const STORED: Readonly<Record<string, readonly Used[]>> = {
  "photos.img.age": [AGE],
  "photos.img.zst": [[zstd]],
  "photos.img.zst.age": [[zstd], AGE],
  "photos.img.manifest": [[split, { size: "700K" }]],
  "photos.img.part001": [[split, { size: "700K" }]],
  "photos.img.age.manifest": [AGE, [split, { size: "700K" }]],
  "photos.img.zst.age.part001": [[zstd], AGE, [split, { size: "700K" }]],
};

for (const [name, used] of Object.entries(STORED)) {
  Deno.test(`${name} is verified: what is stored by its digest, and what is in it`, async () => {
    await inPlace(async (place) => {
      await build(place, used);
      const { contents: expected } = await verifyImage(place.image);
      await using server = await folderServer(place.folder);
      for (const folder of [`${place.folder}/`, server.url]) {
        const { digest, contents, record, traffic } = await verifyImage(folder + name, OPENS);
        assert.equal(digest?.algorithm, "sha512");
        assert.equal(record.state, "sound");
        assert.deepEqual(contents, expected);
        assert.equal(traffic !== undefined, folder === server.url);
      }
    });
  });
}

Deno.test("without an identity the digest is compared, and nothing is called damaged", async () => {
  await inPlace(async (place) => {
    await build(place, [AGE]);
    const file = `${place.image}.age`;
    const { digest, record } = await verifyImage(file);
    assert.equal(digest?.sideFile, `${file}.sha512`);
    assert.deepEqual(record, { state: "unseen", why: "encrypted" });
    const said = await icecore(["verify", file]);
    assert.equal(
      said.stdout,
      `${file}: digest right; encrypted: what is in it was not looked at\n`,
    );
    assert.equal(said.code, 0);
    const json = JSON.parse((await icecore(["verify", file, "--json"])).stdout);
    assert.deepEqual([json.type, json.record, json.unseen], ["verified", "unseen", "encrypted"]);
    const wrong = { identities: [await generateX25519Identity()] };
    await assert.rejects(verifyImage(file, wrong), { code: "wrong-identity" });
    for (const options of [{ digest: "never" }, { paths: ["/source"] }] as const) {
      await assert.rejects(verifyImage(file, options), { code: "no-identity" });
    }
    rmSync(`${file}.sha512`);
    const { code, stderr } = await icecore(["verify", file]);
    assert.equal(code, 1);
    assert.match(
      stderr,
      /it is encrypted and no identity is given.* no side file.* \(--identity FILE\)\.$/m,
    );
    const { contents } = await verifyImage(file, OPENS);
    assert.equal(contents?.countFiles, 2);
  });
});

Deno.test("a side file that does not fit is damage, with an identity or without", async () => {
  await inPlace(async (place) => {
    await build(place, [AGE]);
    const file = `${place.image}.age`;
    flip(file, 1_000_000);
    const closed = await failuresOf(file);
    assert.match(closed.message, /its sha512 is .*, and .*age\.sha512 says/);
    const { failures, message } = await failuresOf(file, OPENS);
    const checks = failures.map(({ check }) => check);
    assert.deepEqual([...new Set(checks)].sort(), ["contents", "digest", "stored"]);
    assert.match(
      message,
      /its digest is not .*; what it is stored in is damaged in 1 place; 1 file/,
    );
    const named = failures.find((failure) => failure.check === "contents");
    assert.deepEqual(named?.paths, ["source/noise"]);
    const wrong = { identities: [await generateX25519Identity()] };
    await failuresOf(file, wrong);
    rmSync(`${file}.sha512`);
    const alone = await failuresOf(file, OPENS);
    assert.match(alone.message, /what it is stored in is damaged in 1 place; 1 file is damaged/);
  });
});

Deno.test("a file that was cut is damaged, whatever is known of its digest", async () => {
  await inPlace(async (place) => {
    await build(place, [AGE]);
    const file = `${place.image}.age`;
    truncateSync(file, 1_500_000);
    await failuresOf(file);
    rmSync(`${file}.sha512`);
    const { failures } = await failuresOf(file, OPENS);
    assert.deepEqual(failures.map(({ check }) => check), ["stored"]);
  });
});

Deno.test("a damaged frame of zstd names the files that lie in it", async () => {
  await inPlace(async (place) => {
    await build(place, [[zstd]]);
    const file = `${place.image}.zst`;
    // The frame has the end of one and the beginning of the other.
    flip(file, 2_500_000);
    rmSync(`${file}.sha512`);
    const { failures } = await failuresOf(file);
    const named = failures.flatMap((each) => each.check === "contents" ? each.paths : []);
    assert.deepEqual(named.sort(), ["source/noise", "source/text"]);
    assert.equal(failures.filter(({ check }) => check === "stored").length, 1);
  });
});

testWith(
  { programs: ["zstd", "gzip"] },
  "what cannot be read in place is compared by its digest",
  () =>
    inPlace(async (place) => {
      await build(place, []);
      output("zstd", ["-q", "-k", place.image]);
      output("gzip", ["-k", place.image]);
      for (const suffix of ["zst", "gz"]) {
        const name = `photos.img.${suffix}`;
        await assert.rejects(verifyImage(`${place.image}.${suffix}`), /compressed/);
        writeFileSync(
          `${place.image}.${suffix}.sha512`,
          output("sha512sum", [name], place.folder),
        );
        const { record } = await verifyImage(`${place.image}.${suffix}`);
        assert.deepEqual(record, { state: "unseen", why: "compressed" });
        flip(`${place.image}.${suffix}`, 900_000);
        await failuresOf(`${place.image}.${suffix}`);
      }
    }),
);

/** What is done to parts, and what verify says of them. */
const DAMAGES: Readonly<Record<string, readonly [(place: Place) => void, RegExp]>> = {
  "a missing part": [
    ({ image }) => ["2", "4"].forEach((n) => rmSync(`${image}.part00${n}`)),
    /part 2 is missing: photos\.img\.part002; part 4 is missing: photos\.img\.part004\. Put/,
  ],
  "a cut part": [
    ({ image }) => truncateSync(`${image}.part002`, 9),
    /part 2 is not what it was: photos\.img\.part002 has 9 bytes instead of 716800\. Put/,
  ],
  "a damaged part": [
    ({ image }) => flip(`${image}.part002`, 1000),
    /: 1 file is damaged; its digest is not that of its side file; 1 part is not as stored\./,
  ],
  "two parts in each other's place": [
    ({ image }) => {
      renameSync(`${image}.part002`, `${image}.x`);
      renameSync(`${image}.part003`, `${image}.part002`);
      renameSync(`${image}.x`, `${image}.part003`);
    },
    /: 1 file is damaged; its digest is not .*; 2 parts are not as stored\./,
  ],
};

for (const [what, [damage, expected]] of Object.entries(DAMAGES)) {
  Deno.test(`${what} is named by verify, which ends with 4`, async () => {
    await inPlace(async (place) => {
      await build(place, [[split, { size: "700K" }]]);
      damage(place);
      const { message, failures } = await failuresOf(`${place.image}.manifest`);
      assert.match(message, expected);
      const parts = failures.flatMap((each) => each.check === "part" ? [each.message] : []);
      if (what === "a damaged part") {
        assert.match(parts.join(), /^photos\.img\.part002 is damaged: its SHA-512/);
      } else if (what.startsWith("two")) {
        assert.match(parts.join(), /part002 is in the wrong place: it is what .*part003 should be/);
      }
      if (what === "a missing part") {
        await using server = await folderServer(place.folder);
        const far = await failuresOf(`${server.url}photos.img.manifest`);
        assert.match(far.message, expected);
      }
      const { code } = await icecore(["verify", `${place.image}.manifest`]);
      assert.equal(code, 4);
    });
  });
}

testWith(
  { programs: ["split"] },
  "parts without a manifest go by the side file of the whole",
  () =>
    inPlace(async (place) => {
      await build(place, [AGE]);
      output("split", ["-d", "-a3", "-b700K", "photos.img.age", "photos.img.age."], place.folder);
      rmSync(`${place.image}.age`);
      const { digest, record } = await verifyImage(`${place.image}.age.000`);
      assert.equal(digest?.sideFile, `${place.image}.age.sha512`);
      assert.equal(record.state, "unseen");
      copyFileSync(`${place.image}.age.002`, `${place.image}.age.001`);
      await failuresOf(`${place.image}.age.000`);
    }),
);
