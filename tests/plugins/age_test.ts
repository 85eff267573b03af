import assert from "node:assert/strict";
import { Decrypter, generateHybridIdentity, identityToRecipient } from "age-encryption";
import { readFileSync, writeFileSync } from "node:fs";
import type { OptionValues } from "../../mod.ts";
import age, { programArgv } from "../../plugins/age.ts";
import { testWith } from "../support/programs/requirements.ts";
import { build, FORMS, inPlace, namesIn, type Place, run, sha512Of } from "./building.ts";
import { failing } from "./neighbours.ts";

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes).trim();

/** A public key, whose secret one is of no matter. */
const SOMEBODY = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";

/** Makes a key pair with the real program. @returns The public key. */
function keyPair(place: Place, name = "key"): string {
  const path = `${place.folder}/${name}`;
  run("age-keygen", ["-o", path]);
  return text(run("age-keygen", ["-y", path]));
}

function assertDecrypts(place: Place, identity = "key"): void {
  const plain = run("age", ["-d", "-i", `${place.folder}/${identity}`, `${place.image}.age`]);
  assert.deepEqual(plain, readFileSync(place.image));
}

for (const form of FORMS) {
  for (const engine of ["program", "library"]) {
    testWith(
      { programs: ["age", "age-keygen"] },
      `age -d gives back what the ${engine} encrypted, from a ${form}`,
      async () => {
        await inPlace(async (place) => {
          const recipients = [keyPair(place), keyPair(place, "other")];
          const { image } = await build(place, [[age, { recipients, engine }]], form);
          assertDecrypts(place);
          assertDecrypts(place, "other");
          const { payload } = image;
          assert.equal(payload?.path, `${place.image}.age`);
          assert.equal(payload.name, "photos.img.age");
          assert.equal(payload.digests["sha512"], sha512Of(payload.path));
          assert.equal(payload.sizeBytes, readFileSync(payload.path).length);
          assert.equal(image.digests["sha512"], sha512Of(place.image));
        });
      },
    );
  }
}

testWith({ programs: ["age", "age-keygen"] }, "recipients are read from a file", async () => {
  for (const engine of ["program", "library"]) {
    await inPlace(async (place) => {
      const recipientsFile = `${place.folder}/recipients`;
      writeFileSync(recipientsFile, `# us\n\n${keyPair(place)}\n`);
      await build(place, [[age, { recipientsFile, engine }]]);
      assertDecrypts(place);
    });
  }
});

testWith(
  { programs: ["age", "ssh-keygen"] },
  "SSH keys are recipients, and decrypt with age -d",
  async () => {
    for (const type of ["ed25519", "rsa"]) {
      await inPlace(async (place) => {
        const path = `${place.folder}/key`;
        run("ssh-keygen", ["-q", "-t", type, "-N", "", "-f", path, "-C", "us"]);
        await build(place, [[age, { recipients: [readFileSync(`${path}.pub`, "utf8")] }]]);
        assertDecrypts(place);
      });
    }
  },
);

Deno.test("post-quantum keys are recipients, by the library where the program is too old", async () => {
  await inPlace(async (place) => {
    const identity = await generateHybridIdentity();
    const recipient = await identityToRecipient(identity);
    assert.match(recipient, /^age1pq1/);
    await build(place, [[age, { recipients: [recipient] }]]);
    const decrypter = new Decrypter();
    decrypter.addIdentity(identity);
    const plain = await decrypter.decrypt(readFileSync(`${place.image}.age`));
    assert.deepEqual(plain, new Uint8Array(readFileSync(place.image)));
  });
});

Deno.test("a passphrase decrypts what it encrypted, and turns up nowhere", async () => {
  await inPlace(async (place) => {
    const passphrase = "correct horse battery staple";

    const { image, events } = await build(place, [[age, { passphrase }]]);
    assert.doesNotMatch(JSON.stringify([image, events]), /correct horse/);
    const decrypter = new Decrypter();
    decrypter.addPassphrase(passphrase);
    const plain = await decrypter.decrypt(readFileSync(`${place.image}.age`));
    assert.deepEqual(plain, new Uint8Array(readFileSync(place.image)));
  });
});

testWith(
  { programs: ["age", "script"] },
  "the real age takes the passphrase on its terminal, and gives the image back",
  async () => {
    await inPlace(async (place) => {
      await build(place, [[age, { passphrase: "sesame" }]]);
      const out = `${place.folder}/out`;
      const command = `age -d -o ${out} ${place.image}.age`;
      const answer = new TextEncoder().encode("sesame\n");
      run("script", ["-qec", command, "/dev/null"], answer);
      assert.equal(sha512Of(out), sha512Of(place.image));
    });
  },
);

/** Options with which it must not begin, and what it says. */
const REFUSED: Readonly<Record<string, readonly [OptionValues, RegExp]>> = {
  "nobody": [{}, /cannot encrypt: no recipient is given\. Set age\.recipients/],
  "a key and a passphrase": [
    { recipients: ["age1x"], passphrase: "x" },
    /to recipients and with a passphrase at once/,
  ],
  "an empty passphrase": [{ passphrase: "" }, /with an empty passphrase/],
  "a mistyped key": [
    { recipients: ["age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcax8"] },
    /cannot encrypt to these recipients: .+\. Look at age\.recipients/,
  ],
  "a key of no known kind": [{ recipients: ["me@example.org"] }, /to these recipients: /],
  "a file that is not there": [
    { recipientsFile: "/nowhere/keys" },
    /to these recipients: .*no such/,
  ],
  "a passphrase for the program": [{ passphrase: "x", engine: "program" }, /from a terminal alone/],
};

for (const [what, [given, message]] of Object.entries(REFUSED)) {
  Deno.test(`${what} is refused before anything is written`, async () => {
    await inPlace(async (place) => {
      let begun = 0;
      const emit = ({ type }: { type: string }) => void (begun += Number(type === "build-started"));
      await assert.rejects(build(place, [[age, given]], "stream", { emit }), (error: Error) => {
        assert.match(error.message, message);
        assert.equal(error.name, "UsageError");
        return true;
      });
      assert.equal(begun, 0);
      assert.deepEqual(namesIn(place), []);
    });
  });
}

Deno.test("a secret key is refused, and not repeated", async () => {
  await inPlace(async (place) => {
    const key = `AGE-SECRET-KEY-1${"Q".repeat(58)}`;
    await assert.rejects(build(place, [[age, { recipients: [key] }]]), (error: Error) => {
      assert.match(error.message, /cannot encrypt to a secret key: .* age-keygen -y/);
      assert.doesNotMatch(error.message, /QQQ/);
      return true;
    });
  });
});

testWith({ programs: ["age", "age-keygen"] }, "another's key does not decrypt", async () => {
  await inPlace(async (place) => {
    keyPair(place, "other");
    await build(place, [[age, { recipients: [keyPair(place)] }]]);
    assert.throws(() => assertDecrypts(place, "other"), /no identity matched/);
  });
});

Deno.test("an encrypted image that is there already is replaced with force alone", async () => {
  for (const form of FORMS) {
    await inPlace(async (place) => {
      writeFileSync(`${place.image}.age`, "precious");
      const used = [[age, { recipients: [SOMEBODY] }]] as const;
      await assert.rejects(build(place, used, form), /photos\.img\.age: it exists already/);
      assert.deepEqual(namesIn(place), ["photos.img.age"]);
      assert.equal(readFileSync(`${place.image}.age`, "utf8"), "precious");
      await build(place, used, form, { force: true });
      assert.deepEqual(namesIn(place), [
        "photos.img",
        "photos.img.age",
        "photos.img.age.sha512",
        "photos.img.sha512",
      ]);
    });
  }
});

Deno.test("a later step that fails takes the encrypted image along", async () => {
  for (const form of FORMS) {
    await inPlace(async (place) => {
      const used = [[age, { recipients: [SOMEBODY] }], [failing]] as const;
      await assert.rejects(build(place, used, form), /step failing failed: no/);
      assert.deepEqual(namesIn(place), []);
    });
  }
});

Deno.test("the plain image is not lost: with -o - it is said what to do", async () => {
  await inPlace(async (place) => {
    const used = [[age, { passphrase: "x" }]] as const;
    await assert.rejects(build(place, used, "stream", { output: "-" }), /cannot encrypt .* stdout/);
  });
});

Deno.test("the argv names each recipient, and the file", () => {
  assert.deepEqual(programArgv({ keys: ["age1a", "ssh-rsa b"], file: "keys" }), [
    "age",
    "--encrypt",
    "--recipient",
    "age1a",
    "--recipient",
    "ssh-rsa b",
    "--recipients-file",
    "keys",
  ]);
});
