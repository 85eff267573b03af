import assert from "node:assert/strict";
import fc from "fast-check";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { compareBytes } from "../../../ext4/compare_bytes.ts";
import { Catalogue } from "../../../volumes/catalogue/catalogue.ts";
import { CatalogueWriter } from "../../../volumes/catalogue/catalogue_writer.ts";
import { findEntries } from "../../../volumes/catalogue/find_entries.ts";
import { IndexCursor } from "../../../volumes/catalogue/index/index_cursor.ts";
import { IndexWriter } from "../../../volumes/catalogue/index/index_writer.ts";
import { mergeIndexes } from "../../../volumes/catalogue/merge_indexes.ts";
import { comparePaths } from "../../../volumes/catalogue/path_order.ts";
import { inTemporaryFolder } from "../../support/temporary_folder.ts";

const encoder = new TextEncoder();
const METADATA = { uid: 0, gid: 0, seconds: -5, nanoseconds: 7, layer: 0 };
const FOLDER_MODE = 0o40755;
const FILE_MODE = 0o100644;

/** Folders of a volume, each with the names of its files. */
type Volume = ReadonlyMap<string, readonly string[]>;

const name = fc.stringMatching(/^[a.\-é]{1,2}$/).filter((each) => !/^\.+$/.test(each));
const folder = fc.array(name, { maxLength: 3 }).map((names) => names.join("/"));
const files = fc.uniqueArray(name, { maxLength: 4 });
const volume = fc.array(fc.tuple(folder, files), { maxLength: 6 }).map(wholeVolume);

/** With all folders above. */
function wholeVolume(list: readonly (readonly [string, readonly string[]])[]): Volume {
  const whole = new Map<string, readonly string[]>([["", []]]);
  for (const [path, names] of list) {
    const parts = path.split("/");
    for (let i = 1; i < parts.length; i++) {
      const above = parts.slice(0, i).join("/");
      if (!whole.has(above)) whole.set(above, []);
    }
    whole.set(path, names);
  }
  return whole;
}

function describe(number: number) {
  const [name, uuid] = [`${number}.img`, crypto.randomUUID()];
  return { name, uuid, sizeBytes: number, layers: [{ name, uuid }] };
}

function writeIndex(path: string, number: number, folders: Volume): void {
  const writer = new IndexWriter(path, describe(number));
  const sorted = [...folders].map(([path, names]) => ({
    path: encoder.encode(path),
    names,
  }))
    .sort((a, b) => comparePaths(a.path, b.path));
  for (const { path, names } of sorted) {
    writer.folder({ ...METADATA, mode: FOLDER_MODE, path });
    const bytes = names.map((each) => encoder.encode(each)).sort(compareBytes);
    for (const name of bytes) {
      const digest = new Uint8Array(32).fill(name.length);
      const file = {
        name,
        sizeBytes: name.length,
        digest,
        hasHoles: name.length > 1,
      };
      writer.file({ ...METADATA, mode: FILE_MODE, ...file });
    }
  }
  writer.finish();
}

async function makeCatalogue(path: string, volumes: readonly Volume[]): Promise<void> {
  const indexes = volumes.map((folders, number) => {
    writeIndex(`${path}.${number}`, number, folders);
    return `${path}.${number}`;
  });
  const cursors = indexes.map((each) => new IndexCursor(each));
  using writer = new CatalogueWriter(
    path,
    cursors.map(({ volume }) => ({ ...volume, location: volume.name })),
  );
  await mergeIndexes(cursors, writer);
  writer.finish();
}

Deno.test("a catalogue has each name of each volume, and finds it by its path", async () => {
  await inTemporaryFolder(async (place) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(volume, { minLength: 1, maxLength: 4 }),
        async (volumes) => {
          const scratch = mkdtempSync(join(place, "case-"));
          const path = join(scratch, "all");
          await makeCatalogue(path, volumes);
          using catalogue = Catalogue.open(path);
          checkFound(catalogue, volumes);
          checkFolders(catalogue, volumes);
          rmSync(scratch, { recursive: true });
        },
      ),
      { numRuns: 25 },
    );
  });
});

const decoder = new TextDecoder();

function checkFound(catalogue: Catalogue, volumes: readonly Volume[]): void {
  const expected = volumes.flatMap((folders, number) =>
    [...folders].flatMap(([path, names]) =>
      names.map((name) => `${path === "" ? "" : `${path}/`}${name} in ${number}.img`)
    )
  );
  const root = catalogue.folder(new Uint8Array())!;
  const found = [
    ...findEntries(catalogue, { below: root, names: [], withFolders: false }),
  ]
    .map(({ path, layer }) => `${decoder.decode(path)} in ${layer.volume.name}`);
  assert.deepEqual(found.toSorted(), expected.toSorted());
  for (const line of new Set(expected.map((each) => each.split(" in ")[0]!))) {
    const exact = catalogue.files(encoder.encode(line));
    const those = expected.filter((each) => each.startsWith(`${line} in `));
    assert.deepEqual(
      exact.map(({ layer }) => `${line} in ${layer.volume.name}`).toSorted(),
      those.toSorted(),
    );
    assert.equal(exact[0]!.sizeBytes, exact[0]!.name.length);
    assert.deepEqual(exact[0]!.mtime, { seconds: -5, nanoseconds: 7 });
  }
}

function checkFolders(catalogue: Catalogue, volumes: readonly Volume[]): void {
  const all = new Set(volumes.flatMap((folders) => [...folders.keys()]));
  for (const path of all) {
    const folder = catalogue.folder(encoder.encode(path));
    assert.ok(folder !== undefined, path);
    const below = [...all].filter((each) => each.startsWith(path === "" ? "" : `${path}/`));
    const children = below.filter((each) =>
      each !== "" &&
      !each.slice(path === "" ? 0 : path.length + 1).includes("/")
    );
    const listed = [...catalogue.foldersOf(folder)].map((each) => decoder.decode(each.path));
    assert.deepEqual(listed.toSorted(), children.toSorted());
    const ids = catalogue.volumesWithin(folder);
    const having = volumes.flatMap((folders, number) => folders.has(path) ? [number + 1] : []);
    assert.deepEqual(ids, having);
  }
  assert.equal(catalogue.folder(encoder.encode("no such folder")), undefined);
}

Deno.test("an index that is damaged or cut short is refused", async () => {
  await inTemporaryFolder((place) => {
    const path = join(place, "one.index");
    writeIndex(path, 0, wholeVolume([["a/b", ["c", "d"]]]));
    const whole = readFileSync(path);
    const readAll = () => {
      for (const cursor = new IndexCursor(path); cursor.folder !== undefined;) {
        cursor.nextFolder();
      }
    };
    readAll();
    for (let at = 0; at < whole.length; at += 7) {
      const damaged = Uint8Array.from(whole);
      damaged[at]! ^= 1;
      writeFileSync(path, damaged);
      assert.throws(readAll, { code: "bad-index" }, `byte ${at}`);
      writeFileSync(path, whole.subarray(0, at));
      assert.throws(readAll, { code: "bad-index" }, `cut to ${at} bytes`);
    }
  });
});
