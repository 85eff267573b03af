import assert from "node:assert/strict";
import { existsSync, linkSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { readImageFolder } from "../../../cli/rotation/image_folder.ts";
import { notePath, readNote, writeNote } from "../../../cli/rotation/image_note.ts";
import { finishRemovals } from "../../../cli/rotation/remove_image.ts";
import { inTemporaryFolder } from "../../support/temporary_folder.ts";

const NAME = "srv-2026-11-26T0200.img";

Deno.test("links: to an image of the folder, to one elsewhere, and to nowhere", async () => {
  await inTemporaryFolder(async (folder) => {
    writeFileSync(`${folder}/${NAME}`, "no image");
    symlinkSync(NAME, `${folder}/srv-2026-11-27T0200.img`);
    symlinkSync(`${folder}/gone/x.img`, `${folder}/srv-2026-11-28T0200.img`);
    linkSync(`${folder}/${NAME}`, `${folder}/srv-2026-11-29T0200.img`);
    const images = await readImageFolder(folder);
    const shown = Object.fromEntries(
      images.map(({ name, series, linkedTo, isUnseen }) => [name, { series, linkedTo, isUnseen }]),
    );
    assert.deepEqual(shown, {
      [NAME]: { series: "srv", linkedTo: undefined, isUnseen: undefined },
      "srv-2026-11-27T0200.img": { series: undefined, linkedTo: NAME, isUnseen: undefined },
      "srv-2026-11-28T0200.img": { series: "srv", linkedTo: undefined, isUnseen: true },
      "srv-2026-11-29T0200.img": { series: "srv", linkedTo: undefined, isUnseen: undefined },
    });
  });
});

Deno.test("an image whose name is not UTF-8 is there, though nobody can look at it", async () => {
  await inTemporaryFolder(async (folder) => {
    const { code } = await new Deno.Command("sh", {
      args: ["-c", `printf x > "$(printf '${folder}/caf\\351-2026-11-26T0200.img')"`],
    }).output();
    assert.equal(code, 0);
    const [image] = await readImageFolder(folder);
    assert.equal(image?.broken, "its name is not UTF-8");
    assert.equal(image?.isBaseUnknown, true);
  });
});

Deno.test("what was to be removed and is there all the same loses nothing", async () => {
  await inTemporaryFolder(async (folder) => {
    const image = `${folder}/${NAME}`;
    const files = [`${NAME}.age`];
    writeFileSync(image, "");
    writeFileSync(`${image}.age`, "secret");
    await writeNote(image, { icecore: 1, files, removing: true });
    assert.deepEqual(await finishRemovals(folder), []);
    assert.deepEqual(readNote(image), { icecore: 1, files });
    assert.equal(readFileSync(`${image}.age`, "utf8"), "secret");
  });
});

Deno.test("a link that leads nowhere now is not an image that is gone", async () => {
  await inTemporaryFolder(async (folder) => {
    const image = `${folder}/${NAME}`;
    symlinkSync(`${folder}/not-mounted/${NAME}`, image);
    writeFileSync(`${image}.age`, "secret");
    await writeNote(image, { icecore: 1, files: [`${NAME}.age`], removing: true });
    await finishRemovals(folder);
    assert.ok(existsSync(`${image}.age`));
  });
});

Deno.test("of a build that was killed the note goes without an image, and stays with one", async () => {
  await inTemporaryFolder(async (folder) => {
    const note = { icecore: 1, taken: "2026-11-26T01:00:00.000Z", building: true } as const;
    const there = `${folder}/srv-2026-11-27T0200.img`;
    writeFileSync(there, "");
    for (const image of [`${folder}/${NAME}`, there]) await writeNote(image, note);
    assert.deepEqual(await finishRemovals(folder), [NAME]);
    assert.ok(!existsSync(notePath(`${folder}/${NAME}`)));
    assert.deepEqual(readNote(there), note);
  });
});
