import assert from "node:assert/strict";
import { mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { pipeline, recipes } from "../../mod.ts";
import { inTemporaryFolder } from "../support/temporary_folder.ts";

async function build(folder: string, name: string) {
  mkdirSync(`${folder}/source`, { recursive: true });
  const request = { sources: [`${folder}/source`], output: `${folder}/${name}` };
  return (await pipeline(recipes.native).run(request)).image;
}

Deno.test("the side file's size is in bytes, whatever the image's name", async () => {
  await inTemporaryFolder(async (folder) => {
    const { artifacts } = await build(folder, "фото.img");
    const [sideFile] = artifacts;
    assert.equal(sideFile!.path, `${folder}/фото.img.sha512`);
    assert.equal(sideFile!.sizeBytes, statSync(sideFile!.path).size);
  });
});

Deno.test("a link in the place of the side file's partial is not written through", async () => {
  await inTemporaryFolder(async (folder) => {
    writeFileSync(`${folder}/precious`, "precious");
    symlinkSync("precious", `${folder}/a.img.sha512.partial`);
    await assert.rejects(build(folder, "a.img"), {
      code: "not-writable",
      message: /a\.img\.sha512\.partial is in the way, and is not a regular file\. Remove it/,
    });
    assert.equal(readFileSync(`${folder}/precious`, "utf8"), "precious");
  });
});
