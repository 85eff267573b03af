import assert from "node:assert/strict";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import process from "node:process";
import { openImage, type OpenImageOptions } from "../../../read.ts";
import { storedPlace, tool } from "../../support/images/stored_image.ts";
import { setEnvironment } from "../../support/programs/environment.ts";
import { testWith } from "../../support/programs/requirements.ts";
import { inTemporaryFolder } from "../../support/temporary_folder.ts";

/** A plugin of age: it wraps keys so that anybody could unwrap them, but keeps to the protocol. */
const PLUGIN = `
const decoder = new TextDecoder();
let text = "";
const input = Deno.stdin.readable.getReader();
async function line() {
  while (!text.includes("\\n")) {
    const { done, value } = await input.read();
    if (done) Deno.exit(1);
    text += decoder.decode(value);
  }
  const end = text.indexOf("\\n");
  const first = text.slice(0, end);
  text = text.slice(end + 1);
  return first;
}
async function receive() {
  const [, kind, ...args] = (await line()).split(" ");
  let body = "";
  for (let each = "x".repeat(64); each.length === 64;) body += each = await line();
  return { kind, args, body };
}
const send = (head, body = "") =>
  Deno.stdout.write(new TextEncoder().encode("-> " + head + "\\n" + body + "\\n"));
const base64 = (bytes) => btoa(String.fromCharCode(...bytes)).replace(/=+$/, "");
const turned = (body) => base64(Uint8Array.from(atob(body), (it) => it.charCodeAt(0) ^ 0x5a));
const received = [];
for (let each; each?.kind !== "done";) received.push(each = await receive());
if (Deno.args[0] === "--age-plugin=recipient-v1") {
  for (const { kind, body } of received) {
    if (kind !== "wrap-file-key") continue;
    await send("recipient-stanza 0 test abc", turned(body));
    await receive();
  }
} else {
  const { body } = received.find(({ kind, args }) =>
    kind === "recipient-stanza" && args[1] === "test"
  );
  await send("msg", base64(new TextEncoder().encode("touch \\x1b[31mit")));
  await receive();
  await send("something-new 1", "");
  await receive();
  await send("request-secret", base64(new TextEncoder().encode("PIN")));
  const pin = await receive();
  if (pin.kind !== "ok" || atob(pin.body) !== "1234") {
    await send("error internal", base64(new TextEncoder().encode("another PIN is right")));
    await receive();
  } else {
    await send("file-key 0", turned(body));
    await receive();
  }
}
await send("done");
`;

/** BIP 173: what age expects an identity to be written in. */
function bech32(prefix: string, words: readonly number[]): string {
  const letters = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
  const step = (sum: number, value: number) =>
    [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3].reduce(
      (result, part, bit) => ((sum >> 25) >> bit) & 1 ? result ^ part : result,
      ((sum & 0x1ffffff) << 5) ^ value,
    );
  const codes = Array.from(prefix, (letter) => letter.charCodeAt(0));
  const all = [...codes.map((it) => it >> 5), 0, ...codes.map((it) => it & 31), ...words];
  const sum = [...all, 0, 0, 0, 0, 0, 0].reduce(step, 1) ^ 1;
  const check = Array.from({ length: 6 }, (_, i) => (sum >> (5 * (5 - i))) & 31);
  return `${prefix}1${[...words, ...check].map((word) => letters[word]).join("")}`;
}

testWith(
  { programs: ["age"] },
  "an identity that a program keeps is asked by its protocol",
  async (t) => {
    await inTemporaryFolder(async (folder) => {
      const bin = `${folder}/bin`;
      mkdirSync(bin);
      writeFileSync(`${folder}/plugin.js`, PLUGIN);
      const run = `exec ${Deno.execPath()} run --quiet --no-check -A ${folder}/plugin.js "$@"`;
      writeFileSync(`${bin}/age-plugin-test`, `#!/bin/sh\n${run}\n`);
      chmodSync(`${bin}/age-plugin-test`, 0o755);
      using _ = setEnvironment({ PATH: `${bin}:${process.env["PATH"]}` });
      const place = await storedPlace(folder);
      const identity = bech32("age-plugin-test-", [1, 2, 3, 4, 5, 6, 7, 8]).toUpperCase();
      writeFileSync(`${folder}/key`, `# a token\n${identity}\n`);
      const path = `${place.image}.age`;
      tool("age", ["-e", "-i", `${folder}/key`, "-o", path, place.image]);
      const messages: string[] = [];
      const asked: string[] = [];
      const options = (pin: string): OpenImageOptions => ({
        identities: [`# a token\n${identity}\n`],
        askPassphrase: (what) => (asked.push(what), pin),
        onMessage: (text) => void messages.push(text),
      });
      await t.step("it says something, asks for something, and unwraps the key", async () => {
        await using image = await openImage(path, options("1234"));
        assert.equal((await image.stat("/photos/readme.txt")).sizeBytes, 29);
        assert.deepEqual(messages, ["age-plugin-test: touch \\033[31mit"]);
        assert.deepEqual(asked, ["age-plugin-test (PIN)"]);
      });
      await t.step("what goes wrong is named", async () => {
        await assert.rejects(openImage(path, options("1111")), {
          code: "identity-program",
          message: /the identity that age-plugin-test keeps: it says: another PIN is right\. Look/,
        });
        for (const script of ["exit 3", "echo hello", "yes '-> msg'"]) {
          writeFileSync(`${bin}/age-plugin-test`, `#!/bin/sh\n${script}\n`);
          await assert.rejects(openImage(path, options("1234")), { code: "identity-program" });
        }
      });
      await t.step("an interruption ends it", async () => {
        writeFileSync(`${bin}/age-plugin-test`, "#!/bin/sh\nexec sleep 600\n");
        const reason = new Error("enough");
        const abort = new AbortController();
        setTimeout(() => abort.abort(reason), 200);
        await assert.rejects(openImage(path, { ...options("1234"), signal: abort.signal }), reason);
      });
    });
  },
);
