import assert from "node:assert/strict";
import { copyFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { pipeline, recipes } from "../../../mod.ts";
import zstd from "../../../plugins/zstd.ts";
import { openImage } from "../../../read.ts";
import {
  ageEncrypt,
  ageEncryptByPassphrase,
  ageKey,
  contentsOf,
  sshKey,
  storedPlace,
  tool,
} from "../../support/images/stored_image.ts";
import { BUN, bun } from "../../support/programs/bun.ts";
import { testWith } from "../../support/programs/requirements.ts";
import { inTemporaryFolder } from "../../support/temporary_folder.ts";

const driver = fileURLToPath(new URL("./bun_driver.ts", import.meta.url));
const needs = { programs: [...BUN.programs, "age", "age-keygen", "ssh-keygen", "script"] };

testWith(needs, "Bun reads what is encrypted and compressed as Deno does", async () => {
  await inTemporaryFolder(async (folder) => {
    const { image, source } = await storedPlace(folder);
    const keys = [
      ageKey(folder),
      sshKey(folder, "rsa"),
      sshKey(folder, "ed25519", { passphrase: "sesame" }),
    ];
    const copy = (name: string) => (copyFileSync(image, `${folder}/${name}`), `${folder}/${name}`);
    const wanted = keys.map((key, index) => ({
      path: ageEncrypt(copy(`${index}.img`), [key.recipient]),
      identities: [key.file],
      passphrase: "sesame",
    }));
    const built = await pipeline(recipes.native).use(zstd)
      .run({ sources: [source], output: `${folder}/z.img` });
    wanted.push(
      {
        path: ageEncryptByPassphrase(copy("p.img"), "sesame"),
        identities: [],
        passphrase: "sesame",
      },
      { path: built.image.payload!.path, identities: [], passphrase: "" },
    );
    const [program, ...args] = bun(driver, JSON.stringify(wanted));
    const found = JSON.parse(tool(program, args));
    await using plain = await openImage(image);
    const expected = await contentsOf(plain);
    assert.equal(found.length, wanted.length);
    for (const [index, each] of found.entries()) assert.deepEqual(each, expected, `${index}`);
  });
});
