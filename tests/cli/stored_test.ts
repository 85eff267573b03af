import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { pipeline, recipes } from "../../mod.ts";
import age from "../../plugins/age.ts";
import zstd from "../../plugins/zstd.ts";
import {
  ageEncrypt,
  ageKey,
  type Key,
  sshKey,
  type StoredPlace,
  storedPlace,
} from "../support/images/stored_image.ts";
import { testWith } from "../support/programs/requirements.ts";
import { icecore, icecoreOutput } from "../support/programs/run_icecore.ts";
import { rangeServer } from "../support/servers/range_server.ts";
import { inTemporaryFolder } from "../support/temporary_folder.ts";

const needs = { programs: ["age", "age-keygen", "ssh-keygen", "script"] };

async function inPlace(use: (place: StoredPlace & { readonly key: Key }) => Promise<void>) {
  await inTemporaryFolder(async (folder) => {
    await use({ ...await storedPlace(folder), key: ageKey(folder) });
  });
}

/** What the reading commands print of an image, and what they extract. */
async function readAll(image: string, folder: string, options: readonly string[]) {
  const run = (...args: string[]) => icecoreOutput([...args, ...options]);
  const out = `${folder}/out`;
  mkdirSync(out);
  await run("extract", image, "-o", out, "--quiet");
  // What a folder occupies depends on the file system, not on what is extracted.
  const script = "find . -type f | xargs sha256sum; find . ! -type d -printf '%m %T@ %s %p\\n'; " +
    "find . -mindepth 1 -type d -printf '%m %T@ %p\\n'";
  const all = spawnSync("sh", ["-c", script], { cwd: out, encoding: "utf8" });
  spawnSync("rm", ["-rf", out]);
  return {
    list: await run("ls", "-lR", image),
    contents: await run("cat", image, "/photos/2024/text"),
    found: await run("find", image, "--name", "*.jpg"),
    digests: await run("digests", image),
    extracted: all.stdout.split("\n").sort(),
  };
}

testWith(
  needs,
  "ls, cat, find, digests and extract print of an encrypted image what they print of the plain one",
  async (t) => {
    await inPlace(async ({ folder, source, image, key }) => {
      const expected = await readAll(image, folder, []);
      assert.ok(expected.extracted.length > 2400);
      const identity = ["--identity", key.file];
      const both = await pipeline(recipes.native).use(zstd).use(age, {
        recipients: [key.recipient],
      })
        .run({ sources: [source], output: `${folder}/b.img` });
      const path = ageEncrypt(image, [key.recipient]);
      await t.step("local", async () => {
        assert.deepEqual(await readAll(path, folder, identity), expected);
      });
      await t.step("compressed and encrypted", async () => {
        assert.deepEqual(await readAll(both.image.payload!.path, folder, identity), expected);
      });
      await t.step("on a server", async () => {
        await using server = await rangeServer(readFileSync(path));
        assert.deepEqual(await readAll(server.url, folder, identity), expected);
      });
      await t.step("info, export and diff", async () => {
        // When each file was written is its own.
        const infoOf = async (...args: string[]) =>
          (await icecoreOutput(["info", ...args])).replace(/^taken.*\n/m, "");
        const info = await infoOf(path, ...identity);
        assert.equal(info.replaceAll(path, image), await infoOf(image));
        const plainTar = await icecore(["export", image, "--tar"]);
        const tar = await icecore(["export", path, "--tar", ...identity]);
        assert.equal(tar.stderr, "");
        assert.ok(Buffer.from(tar.bytes).equals(plainTar.bytes));
        assert.equal(await icecoreOutput(["diff", image, path, ...identity]), "");
        assert.equal((await icecore(["diff", path, image])).code, 1);
      });
    });
  },
);

testWith(
  needs,
  "one file of an encrypted image on a server takes few requests, which -v prints",
  async () => {
    await inPlace(async ({ image, key, source }) => {
      await using server = await rangeServer(readFileSync(ageEncrypt(image, [key.recipient])));
      const args = ["cat", server.url, "/photos/2024/01/ice.jpg", "--identity", key.file, "-v"];
      const { code, bytes, stderr } = await icecore(args);
      assert.equal(code, 0, stderr);
      const expected = readFileSync(`${source}/2024/01/ice.jpg`);
      assert.ok(Buffer.from(bytes).equals(expected));
      const [, requests, fetched] = /^icecore: (\d+) requests, (\d+) bytes$/m.exec(stderr)!;
      assert.equal(Number(requests), server.requests.length);
      assert.ok(Number(requests) <= 8, stderr);
      assert.ok(Number(fetched) <= 1.15 * expected.length + (1 << 20), stderr);
    });
  },
);

testWith(
  needs,
  "identities come from files, several of them, and from the environment",
  async () => {
    await inPlace(async ({ folder, image, key }) => {
      const path = ageEncrypt(image, [key.recipient]);
      const other = sshKey(folder, "rsa");
      const cat = ["cat", path, "/photos/readme.txt"];
      const text = "An ice core is drilled once.\n";
      const several = [...cat, "--identity", other.file, "--identity", key.file];
      assert.equal(await icecoreOutput(several), text);
      const secret = readFileSync(key.file, "utf8");
      for (
        const env of [{ ICECORE_AGE_IDENTITY: secret }, { ICECORE_AGE_IDENTITY_FILE: key.file }]
      ) {
        const { code, stdout, stderr } = await icecore(cat, { env });
        assert.deepEqual([code, stdout, stderr], [0, text, ""]);
      }
      const twice = { ICECORE_AGE_IDENTITY: secret, ICECORE_AGE_IDENTITY_FILE: key.file };
      const refused = await icecore(cat, { env: twice });
      assert.equal(refused.code, 2);
      assert.match(
        refused.stderr,
        /ICECORE_AGE_IDENTITY and ICECORE_AGE_IDENTITY_FILE: both are set/,
      );
    });
  },
);

testWith(
  needs,
  "what is missing to decrypt is named with the flag that helps, and the exit code is 1",
  async () => {
    await inPlace(async ({ folder, image, key }) => {
      const path = ageEncrypt(image, [key.recipient]);
      const cases: readonly (readonly [readonly string[], RegExp])[] = [
        [[], /to age1…\), and no identity is given\. Give the file .* key \(--identity FILE\)\.$/m],
        [["--identity", ageKey(folder, "b").file], /to somebody else .*\(--identity FILE\)\.$/m],
        [["--identity", `${folder}/nothing`], /cannot read the identity .*\/nothing: no such file/],
        [["--identity", image], /cannot use the identity .*photos\.img: it has \d+ bytes, and/],
      ];
      for (const command of ["ls", "info", "find", "digests", "extract"]) {
        for (const [options, expected] of command === "ls" ? cases : cases.slice(0, 2)) {
          const { code, stdout, stderr } = await icecore([command, path, ...options], {
            cwd: folder,
          });
          assert.deepEqual([code, stdout], [1, ""], `${command} ${options}: ${stderr}`);
          assert.match(stderr, expected);
        }
      }
      // What nothing can be found without is not salvaged; what was cut is, as far as it goes.
      const bytes = readFileSync(path);
      writeFileSync(`${folder}/header`, bytes.subarray(0, 100));
      writeFileSync(`${folder}/cut`, bytes.subarray(0, bytes.length >> 1));
      const broken = ["--identity", key.file];
      assert.doesNotMatch(
        (await icecore(["ls", `${folder}/header`, ...broken])).stderr,
        /--salvage/,
      );
      const cut = await icecore(["ls", "-R", `${folder}/cut`, ...broken]);
      assert.equal(cut.code, 1);
      assert.match(cut.stderr, /it was cut short.* Or add --salvage to have the rest\.$/m);
      const salvaged = await icecore(["ls", "-R", `${folder}/cut`, "--salvage", ...broken]);
      assert.equal(salvaged.code, 3);
      assert.match(salvaged.stdout, /readme\.txt/);
      const json = await icecore(["ls", path, "--json"]);
      assert.equal(JSON.parse(json.stdout).code, "no-identity");
    });
  },
);

testWith(needs, "an encrypted image is not mounted, and the message says what to do", async () => {
  await inPlace(async ({ folder, image, key }) => {
    mkdirSync(`${folder}/mnt`);
    const path = ageEncrypt(image, [key.recipient]);
    const { code, stderr } = await icecore(["mount", path, `${folder}/mnt`]);
    assert.equal(code, 1);
    assert.match(
      stderr,
      /photos\.img\.age: it is stored as age, and only a plain image can be mou/,
    );
    assert.match(stderr, /Read it in place with icecore ls, cat and extract/);
  });
});

testWith(
  needs,
  "a damaged chunk costs its files: cat, extract and export end with 4 and name them",
  async () => {
    await inPlace(async ({ folder, image, key, source }) => {
      const path = ageEncrypt(image, [key.recipient]);
      const bytes = readFileSync(path);
      const chunksAt = bytes.indexOf("\n", bytes.indexOf("\n--- ") + 1) + 17;
      const jpeg = readFileSync(`${source}/2024/01/ice.jpg`);
      const at = readFileSync(image).indexOf(jpeg.subarray(1_000_000, 1_000_064));
      bytes[chunksAt + Math.floor(at / 65_536) * 65_552 + 9]! ^= 1;
      writeFileSync(path, bytes);
      const identity = ["--identity", key.file];
      const named =
        /cannot trust \S*2024\/01\/ice\.jpg: the encrypted chunk \d+ of .* is damaged\. /;
      const cat = await icecore(["cat", path, "/photos/2024/01/ice.jpg", ...identity]);
      assert.equal(cat.code, 4, cat.stderr);
      assert.match(cat.stderr, named);
      const extract = await icecore(["extract", path, "-o", `${folder}/out`, ...identity]);
      assert.equal(extract.code, 4);
      assert.match(extract.stderr, named);
      assert.deepEqual(
        readFileSync(`${folder}/out/photos/last.bin`),
        readFileSync(`${source}/last.bin`),
      );
      const exported = await icecore(["export", path, "--tar", ...identity]);
      assert.equal(exported.code, 4);
      assert.match(exported.stderr, named);
      const salvaged = await icecore([
        "extract",
        path,
        "-o",
        `${folder}/two`,
        "--salvage",
        ...identity,
      ]);
      assert.equal(salvaged.code, 3);
    });
  },
);
