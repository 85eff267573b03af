import assert from "node:assert/strict";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { Buffer } from "node:buffer";
import type { CorruptImageError, OpenImageOptions } from "../../../read.ts";
import { exportImage, extractImage, openImage } from "../../../read.ts";
import {
  ageEncrypt,
  ageEncryptByPassphrase,
  ageKey,
  sshKey,
  type StoredPlace,
  storedPlace,
  tool,
  withKeys,
} from "../../support/images/stored_image.ts";
import { testWith } from "../../support/programs/requirements.ts";
import { inTemporaryFolder } from "../../support/temporary_folder.ts";

const needs = { programs: ["age", "age-keygen", "ssh-keygen", "script"] };
const SEALED_BYTES = 65_536 + 16;

interface Encrypted extends StoredPlace {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly options: OpenImageOptions;
  /** Where the first chunk begins. */
  readonly chunksAt: number;
}

async function inEncrypted(use: (place: Encrypted) => Promise<void>): Promise<void> {
  await inTemporaryFolder(async (folder) => {
    const place = await storedPlace(folder);
    const key = ageKey(folder);
    const path = ageEncrypt(place.image, [key.recipient]);
    const bytes = readFileSync(path);
    const chunksAt = bytes.indexOf("\n", bytes.indexOf("\n--- ") + 1) + 1 + 16;
    await use({ ...place, path, bytes, options: withKeys(key), chunksAt });
  });
}

/** What opening fails with. */
async function failure(location: string, options: OpenImageOptions): Promise<CorruptImageError> {
  try {
    const image = await openImage(location, options);
    await image.close();
  } catch (error) {
    return error as CorruptImageError;
  }
  return assert.fail("it was opened");
}

testWith(needs, "each identity that does not fit has a code and a message of its own", async () => {
  await inEncrypted(async ({ path, folder }) => {
    const none = await failure(path, {});
    assert.equal(none.code, "no-identity");
    assert.match(none.message, /photos\.img\.age: it is encrypted with age \(to age1…\), and no /);
    assert.equal((await failure(path, { identities: [] })).code, "no-identity");
    const wrong = await failure(path, withKeys(ageKey(folder, "b"), sshKey(folder, "ed25519")));
    assert.equal(wrong.code, "wrong-identity");
    assert.match(wrong.message, /it is encrypted with age to somebody else/);
    const plugin = "AGE-PLUGIN-YUBIKEY-1QQPQ8X5ZJ7\n";
    const program = await failure(path, { identities: [plugin] });
    assert.equal(program.code, "identity-program");
    assert.match(program.message, /needs the program age-plugin-yubikey, which is not in PATH/);
  });
});

testWith(needs, "what is not an identity is refused, and never shown", async () => {
  await inEncrypted(async ({ path, folder, image }) => {
    const key = ageKey(folder, "b");
    const secret = readFileSync(key.file, "utf8").split("\n").find((line) => /^AGE/.test(line))!;
    const ssh = sshKey(folder, "rsa");
    tool("ssh-keygen", ["-q", "-t", "ecdsa", "-N", "", "-f", `${folder}/ecdsa`]);
    const cases: readonly (readonly [string | Uint8Array, RegExp])[] = [
      [
        secret.slice(0, -1) + (secret.endsWith("Q") ? "P" : "Q"),
        /a line in it that is not an age iden/,
      ],
      [`AGE-SECRET-KEY-${secret}`, /a line in it that is not an age identity/],
      ["", /there is none in it/],
      ["# nothing\n", /there is none in it/],
      [key.recipient, /it is a public key/],
      [readFileSync(`${ssh.file}.pub`), /it is a public key/],
      [readFileSync(ssh.file).subarray(0, 400), /it is a damaged OpenSSH key/],
      [readFileSync(`${folder}/ecdsa`), /an SSH key of the kind ecdsa-sha2-nistp256/],
      ["-----BEGIN RSA PRIVATE KEY-----\nMII\n", /a private key in an old form/],
      [readFileSync(image).subarray(0, 1000), /there is none in it|a line in it/],
      [readFileSync(path), /it is an age file that is damaged, or not encrypted with a passph/],
    ];
    for (const [identity, expected] of cases) {
      const error = await failure(path, { identities: [identity], askPassphrase: () => "x" });
      assert.equal(error.code, "bad-identity", `${expected}`);
      assert.match(error.message, expected);
      for (const each of [error, error.cause]) {
        if (each instanceof Error) {
          assert.ok(!`${each.message} ${each.stack}`.includes(secret.slice(16, 60)));
        }
      }
    }
    const second = await failure(path, { identities: [secret, ""] });
    assert.match(second.message, /cannot use identity 2: /);
  });
});

testWith(needs, "an identity file that is encrypted itself asks for its passphrase", async () => {
  await inTemporaryFolder(async (folder) => {
    const place = await storedPlace(folder);
    const key = ageKey(folder);
    const path = ageEncrypt(place.image, [key.recipient]);
    const file = ageEncryptByPassphrase(key.file, "sesame");
    const asked: string[] = [];
    const identities = [readFileSync(file)];
    await using image = await openImage(path, {
      identities,
      askPassphrase: (what) => (asked.push(what), "sesame"),
    });
    assert.deepEqual(asked, ["the identity"]);
    assert.equal((await image.stat("/photos/readme.txt")).sizeBytes, 29);
    assert.equal(
      (await failure(path, { identities, askPassphrase: () => "x" })).code,
      "wrong-passphrase",
    );
    assert.equal((await failure(path, { identities })).code, "no-passphrase");
  });
});

testWith(needs, "a passphrase that is wrong, or none, is named", async () => {
  await inTemporaryFolder(async (folder) => {
    const place = await storedPlace(folder);
    const path = ageEncryptByPassphrase(place.image, "sesame");
    const wrong = await failure(path, { askPassphrase: () => "sesam" });
    assert.equal(wrong.code, "wrong-passphrase");
    assert.match(wrong.message, /photos\.img\.age: the passphrase is another one/);
    assert.equal((await failure(path, {})).code, "no-passphrase");
    assert.equal((await failure(path, { askPassphrase: () => undefined })).code, "no-passphrase");
    const key = sshKey(folder, "ed25519", { passphrase: "sesame" });
    const byKey = ageEncrypt(place.image, [key.recipient], "-a");
    const options = withKeys(key);
    assert.equal(
      (await failure(byKey, { ...options, askPassphrase: () => "x" })).code,
      "wrong-passphrase",
    );
    assert.equal((await failure(byKey, options)).code, "no-passphrase");
  });
});

testWith(
  needs,
  "a header that asks for too much work is refused before anybody is asked",
  async () => {
    await inTemporaryFolder(async (folder) => {
      for (const factor of ["23", "30", "999999999"]) {
        const path = `${folder}/x.age`;
        const body = Buffer.alloc(32, 1).toString("base64").replace("=", "");
        const salt = Buffer.alloc(16, 1).toString("base64").replace("==", "");
        const mac = Buffer.alloc(32, 2).toString("base64").replace("=", "");
        const head = `age-encryption.org/v1\n-> scrypt ${salt} ${factor}\n${body}\n--- ${mac}\n`;
        writeFileSync(path, head + "x".repeat(200));
        const error = await failure(path, {
          askPassphrase: () => assert.fail("somebody was asked"),
        });
        assert.equal(error.code, "age-work-factor");
        assert.ok(error.message.includes(`2^${factor} rounds`), error.message);
      }
    });
  },
);

testWith(needs, "a header that is damaged, cut or endless is named as such", async () => {
  await inEncrypted(async ({ bytes, folder, options, chunksAt }) => {
    const text = Buffer.from(bytes.subarray(0, chunksAt)).toString("latin1");
    const mac = text.indexOf("--- ");
    const altered = (at: number, change: (text: string) => string) =>
      Buffer.concat([
        Buffer.from(text.slice(0, at) + change(text.slice(at)), "latin1"),
        bytes.subarray(chunksAt),
      ]);
    const cases: readonly Uint8Array[] = [
      bytes.subarray(0, 22),
      bytes.subarray(0, chunksAt - 30),
      // The checksum is another.
      altered(mac + 4, (rest) => (rest[0] === "A" ? "B" : "A") + rest.slice(1)),
      altered(0, (all) => all.replace("-> X25519", "-> X25519 more")),
      altered(0, (all) => all.replace("-> X25519 ", "-> X25519 !")),
      Buffer.concat([bytes.subarray(0, 22), Buffer.alloc(3 << 20, "-> X\n\n")]),
      Buffer.concat([bytes.subarray(0, 22), Buffer.alloc(5000)]),
    ];
    for (const [index, each] of cases.entries()) {
      const path = `${folder}/header-${index}`;
      writeFileSync(path, each);
      const error = await failure(path, options);
      assert.equal(error.code, "age-header", `case ${index}: ${error.message}`);
      assert.match(error.message, /encrypted with age, and its header is damaged: /);
    }
  });
});

testWith(needs, "a file that was cut anywhere is noticed when it is opened", async () => {
  await inEncrypted(async ({ bytes, folder, options, chunksAt }) => {
    const whole = chunksAt + SEALED_BYTES * 10;
    const places = [whole, whole + 1, whole + 16, whole + 17, bytes.length - 1, chunksAt + 5];
    for (const end of places) {
      const path = `${folder}/cut.age`;
      writeFileSync(path, bytes.subarray(0, end));
      const error = await failure(path, options);
      assert.equal(error.code, "age-cut", `at ${end}`);
      assert.match(error.message, /cut\.age: it was cut short/);
    }
    writeFileSync(`${folder}/long.age`, Buffer.concat([bytes, Buffer.alloc(1)]));
    assert.equal((await failure(`${folder}/long.age`, options)).code, "age-cut");
    // Salvaging reads what is there.
    writeFileSync(`${folder}/cut.age`, bytes.subarray(0, chunksAt + SEALED_BYTES * 30 + 500));
    const broken: string[] = [];
    await using image = await openImage(`${folder}/cut.age`, {
      ...options,
      onBroken: ({ code }) => void broken.push(code),
    });
    assert.ok(broken.includes("age-cut"), broken.join());
    const text = await new Response(await image.readFile("/photos/readme.txt")).text();
    assert.equal(text, "An ice core is drilled once.\n");
  });
});

testWith(needs, "a flipped byte costs the files in its chunk, which are named", async (t) => {
  await inEncrypted(async ({ bytes, folder, options, chunksAt, image, source }) => {
    const plain = readFileSync(image);
    const at = plain.indexOf(
      readFileSync(`${source}/2024/01/ice.jpg`).subarray(1_000_000, 1_000_064),
    );
    const chunk = Math.floor(at / 65_536);
    bytes[chunksAt + chunk * SEALED_BYTES + 1000]! ^= 1;
    const path = `${folder}/flipped.age`;
    writeFileSync(path, bytes);
    await using opened = await openImage(path, options);
    const damaged = {
      name: "DamagedFileError",
      message: new RegExp(`ice\\.jpg: the encrypted chunk ${chunk} of .*flipped\\.age is damaged`),
    };
    await t.step("when it is read", async () => {
      const stream = await opened.readFile("/photos/2024/01/ice.jpg");
      await assert.rejects(new Response(stream).bytes(), damaged);
      const other = await opened.readFile("/photos/last.bin");
      assert.deepEqual(
        await new Response(other).bytes(),
        new Uint8Array(readFileSync(`${source}/last.bin`)),
      );
    });
    await t.step("when all is extracted", async () => {
      const seen: string[] = [];
      const target = `${folder}/out`;
      const { countDamaged, countFiles } = await extractImage(opened, {
        target,
        onDamaged: ({ path, message }) => (assert.match(message, damaged.message), seen.push(path)),
      });
      assert.deepEqual([countDamaged, seen.length], [1, 1]);
      assert.match(seen[0]!, /photos\/2024\/01\/ice\.jpg$/);
      assert.equal(countFiles, 1203);
      assert.deepEqual(
        readFileSync(`${target}/photos/many/1199`),
        readFileSync(`${source}/many/1199`),
      );
    });
    await t.step("when all is exported", async () => {
      const seen: string[] = [];
      let sizeBytes = 0;
      for await (
        const piece of exportImage(opened, { onDamaged: ({ path }) => void seen.push(path) })
      ) sizeBytes += piece.length;
      assert.equal(seen.length, 1);
      assert.equal(sizeBytes % 10_240, 0);
    });
  });
});

testWith(needs, "many small files in a flipped chunk are each named", async () => {
  await inEncrypted(async ({ bytes, folder, options, chunksAt, image, source }) => {
    const plain = readFileSync(image);
    const at = plain.indexOf(readFileSync(`${source}/many/900`).subarray(0, 64));
    bytes[chunksAt + Math.floor(at / 65_536) * SEALED_BYTES]! ^= 0x80;
    writeFileSync(`${folder}/flipped.age`, bytes);
    await using opened = await openImage(`${folder}/flipped.age`, options);
    const seen: string[] = [];
    const { countDamaged } = await extractImage(opened, {
      target: `${folder}/out`,
      onDamaged: ({ path }) => void seen.push(path),
    });
    assert.ok(seen.some((path) => path.endsWith("many/900")), seen.join());
    assert.ok(countDamaged === seen.length && countDamaged < 30, `${countDamaged}`);
    assert.deepEqual(
      readFileSync(`${folder}/out/photos/last.bin`),
      readFileSync(`${source}/last.bin`),
    );
    chmodSync(folder, 0o700);
  });
});
