import assert from "node:assert/strict";
import { readFileSync, renameSync } from "node:fs";
import { Encrypter, generateHybridIdentity, identityToRecipient } from "age-encryption";
import { writeFileSync } from "node:fs";
import { pipeline, recipes, type Step } from "../../../mod.ts";
import type { OptionValues } from "../../../pipeline/options.ts";
import age from "../../../plugins/age.ts";
import zstd from "../../../plugins/zstd.ts";
import { openImage, type OpenImageOptions } from "../../../read.ts";
import {
  ageEncrypt,
  ageEncryptByPassphrase,
  ageKey,
  contentsOf,
  sshKey,
  type StoredPlace,
  storedPlace,
  tool,
  withKeys,
} from "../../support/images/stored_image.ts";
import { testWith } from "../../support/programs/requirements.ts";
import { rangeServer } from "../../support/servers/range_server.ts";
import { s3Store } from "../../support/servers/s3_store.ts";
import { inTemporaryFolder } from "../../support/temporary_folder.ts";

const PASSPHRASE = "correct horse";
const asked: OpenImageOptions = { askPassphrase: () => PASSPHRASE };

/** A form of the image, and what opens it. */
interface Form {
  readonly path: string;
  readonly options: OpenImageOptions;
}

/** Builds the image anew, with plugins behind it. */
async function byPlugins(
  { source, folder }: StoredPlace,
  name: string,
  ...used: readonly (readonly [Step, OptionValues])[]
): Promise<string> {
  const all = used.reduce((all, [step, given]) => all.use(step, given), pipeline(recipes.native));
  const { image } = await all.run({ sources: [source], output: `${folder}/${name}.img` });
  return image.payload!.path;
}

const FORMS: Readonly<Record<string, (place: StoredPlace) => Form | Promise<Form>>> = {
  "X25519, by age": ({ image, folder }) => {
    const key = ageKey(folder);
    return { path: ageEncrypt(image, [key.recipient]), options: withKeys(key) };
  },
  "X25519, by the plugin": async (place) => {
    const key = ageKey(place.folder);
    const path = await byPlugins(place, "a", [age, { recipients: [key.recipient] }]);
    return { path, options: withKeys(key) };
  },
  "X25519 and others, the second key of three": ({ image, folder }) => {
    const keys = ["a", "b", "c"].map((name) => ageKey(folder, name));
    const path = ageEncrypt(image, [
      sshKey(folder, "ed25519").recipient,
      keys[1]!.recipient,
      ageKey(folder, "d").recipient,
    ]);
    return { path, options: withKeys(...keys) };
  },
  "ssh-ed25519, by age": ({ image, folder }) => {
    const key = sshKey(folder, "ed25519");
    return { path: ageEncrypt(image, [key.recipient]), options: withKeys(key) };
  },
  "ssh-rsa, by the plugin": async (place) => {
    const key = sshKey(place.folder, "rsa");
    const path = await byPlugins(place, "a", [age, { recipients: [key.recipient] }]);
    return { path, options: withKeys(key) };
  },
  "a key of ssh-keygen with a passphrase": ({ image, folder }) => {
    const key = sshKey(folder, "ed25519", { passphrase: PASSPHRASE });
    return { path: ageEncrypt(image, [key.recipient]), options: { ...withKeys(key), ...asked } };
  },
  "post-quantum, by the library": async ({ image }) => {
    const identity = await generateHybridIdentity();
    const encrypter = new Encrypter();
    encrypter.addRecipient(await identityToRecipient(identity));
    writeFileSync(`${image}.age`, await encrypter.encrypt(readFileSync(image)));
    return { path: `${image}.age`, options: { identities: [identity] } };
  },
  "a passphrase, by age": ({ image }) => ({
    path: ageEncryptByPassphrase(image, PASSPHRASE),
    options: asked,
  }),
  "a passphrase, by the plugin": async (place) => ({
    path: await byPlugins(place, "a", [age, { passphrase: PASSPHRASE }]),
    options: asked,
  }),
  "in armor": ({ image, folder }) => {
    const key = ageKey(folder);
    return { path: ageEncrypt(image, [key.recipient], "--armor"), options: withKeys(key) };
  },
  "zstd, by the plugin": async (place) => ({
    path: await byPlugins(place, "a", [zstd, { frameSize: 100_000 }]),
    options: {},
  }),
  "zstd within age, by the plugins": async (place) => {
    const key = ageKey(place.folder);
    const given = { recipients: [key.recipient] };
    return { path: await byPlugins(place, "a", [zstd, {}], [age, given]), options: withKeys(key) };
  },
  "age within zstd, by the plugins": async (place) => {
    const key = ageKey(place.folder);
    const given = { recipients: [key.recipient] };
    return { path: await byPlugins(place, "a", [age, given], [zstd, {}]), options: withKeys(key) };
  },
  "zstd within age within age in armor, under a name that says nothing": async (place) => {
    const inner = sshKey(place.folder, "ed25519");
    const outer = ageKey(place.folder);
    const path = await byPlugins(place, "a", [zstd, {}], [age, { recipients: [inner.recipient] }]);
    const twice = ageEncrypt(path, [outer.recipient], "--armor");
    renameSync(twice, `${place.folder}/backup`);
    return { path: `${place.folder}/backup`, options: withKeys(inner, outer) };
  },
};

const needs = { programs: ["age", "age-keygen", "ssh-keygen", "script"] };

for (const [what, make] of Object.entries(FORMS)) {
  testWith(needs, `all of an image is read in place, stored as ${what}`, async (t) => {
    await inTemporaryFolder(async (folder) => {
      const place = await storedPlace(folder);
      const expected = await read(place.image, {});
      assert.ok(expected.length > 1200);
      const { path, options } = await make(place);
      await t.step("local", async () => {
        assert.deepEqual(await read(path, options), expected);
      });
      await t.step("over HTTP", async () => {
        await using server = await rangeServer(readFileSync(path));
        assert.deepEqual(await read(server.url, options), expected);
        assert.ok(server.requests.length < 60, `${server.requests.length} requests`);
      });
    });
  });
}

testWith(needs, "an image in a store is read in place, stored as zstd within age", async () => {
  await inTemporaryFolder(async (folder) => {
    const place = await storedPlace(folder);
    const { path, options } = await FORMS["zstd within age, by the plugins"]!(place);
    await using store = await s3Store();
    await store.put("photos.img.zst.age", readFileSync(path));
    const expected = await read(place.image, {});
    assert.deepEqual(await read("s3://vault/photos.img.zst.age", options), expected);
    assert.ok(store.countReads > 0);
  });
});

testWith(needs, "bytes of one's own are unwrapped as well", async () => {
  await inTemporaryFolder(async (folder) => {
    const place = await storedPlace(folder);
    const key = ageKey(folder);
    const bytes = readFileSync(ageEncrypt(place.image, [key.recipient]));
    await using image = await openImage({
      sizeBytes: bytes.length,
      read: (offsetBytes, into) =>
        void into.set(bytes.subarray(offsetBytes).subarray(0, into.length)),
    }, withKeys(key));
    assert.deepEqual(await contentsOf(image), await read(place.image, {}));
    assert.equal(tool("age", ["--version"]).trim().length > 0, true);
  });
});

async function read(location: string, options: OpenImageOptions): Promise<string[]> {
  await using image = await openImage(location, options);
  return await contentsOf(image);
}
