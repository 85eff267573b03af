import assert from "node:assert/strict";
import {
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { readImageFolder } from "../../../cli/rotation/image_folder.ts";
import { notePath, readNote, writeNote } from "../../../cli/rotation/image_note.ts";
import { finishRemovals } from "../../../cli/rotation/remove_image.ts";
import { verifyInFolder } from "../../../cli/rotation/verify_in_folder.ts";
import { metricsOf } from "../../../cli/verifying/metrics.ts";
import { icecoreOutput } from "../../support/programs/run_icecore.ts";
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

Deno.test("notes that are written at the same time are each whole, and leave nothing", async () => {
  await inTemporaryFolder(async (folder) => {
    const image = `${folder}/${NAME}`;
    const hosts = Array.from({ length: 20 }, (_, index) => "x".repeat(index * 1000));
    await Promise.all(hosts.map((host) => writeNote(image, { icecore: 1, host })));
    assert.ok(hosts.includes(readNote(image)?.host ?? "none"));
    writeFileSync(`${image}.note.json.0123abcd.partial`, "{");
    await finishRemovals(folder);
    assert.deepEqual(readdirSync(folder), [`${NAME}.note.json`]);
  });
});

Deno.test("a note is not believed of another image that was put in its place", async () => {
  await inTemporaryFolder(async (folder) => {
    mkdirSync(`${folder}/srv`);
    const image = `${folder}/${NAME}`;
    await icecoreOutput(["build", "srv", "-o", image, "-q"], folder);
    await verifyInFolder(image, {});
    await writeNote(image, { ...readNote(image)!, taken: "2026-11-26T01:00:00.000Z" });
    assert.equal((await readImageFolder(folder))[0]?.isVerified, true);
    writeFileSync(`${folder}/srv/a`, "a");
    await icecoreOutput(["build", "srv", "-o", "other.img", "-q"], folder);
    copyFileSync(`${folder}/other.img`, image);
    copyFileSync(`${folder}/other.img.sha512`, `${image}.sha512`);
    const [found] = await readImageFolder(folder);
    assert.deepEqual([found?.isVerified, found?.takenBy], [false, "name"]);
    await verifyInFolder(image, {});
    assert.equal(readNote(image)?.taken, undefined);
  });
});

Deno.test("the metrics' newest image is each machine's, and not one of the future", async () => {
  await inTemporaryFolder(async (folder) => {
    const days = ["2026-11-26", "2026-11-27", "2036-11-27"];
    for (const [index, day] of days.entries()) {
      const image = `${folder}/srv-${day}T0200.img`;
      writeFileSync(image, "");
      const taken = `${day}T02:00:00.000Z`;
      const host = index === 0 ? "a" : "b";
      await writeNote(image, { icecore: 1, taken, sources: ["/srv"], host });
    }
    const whenMs = Date.parse("2026-11-28T00:00:00Z");
    const images = await readImageFolder(folder);
    const text = metricsOf("/b", { verdicts: [], images }, whenMs / 1000);
    const newest = text.match(/^icecore_newest_image_timestamp_seconds.*$/gm);
    const labels = (host: string) => `{folder="/b",series="srv",host="${host}",sources="/srv"}`;
    assert.deepEqual(
      newest,
      ["a", "b"].map((host, index) =>
        `icecore_newest_image_timestamp_seconds${labels(host)} ` +
        `${Date.parse(`${days[index]}T02:00:00Z`) / 1000}`
      ),
    );
  });
});
