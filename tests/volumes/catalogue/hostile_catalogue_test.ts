import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { openImage } from "../../../image/open_image.ts";
import { Catalogue } from "../../../volumes/catalogue/catalogue.ts";
import { findEntries } from "../../../volumes/catalogue/find_entries.ts";
import { makeCatalogue } from "../../../volumes/catalogue/make_catalogue.ts";
import { SharedFolders } from "../../../volumes/catalogue/shared_folders.ts";
import { buildImage } from "../../support/mounts/mounted_stack.ts";
import { inTemporaryFolder } from "../../support/temporary_folder.ts";

/** A catalogue of two volumes that share a folder, and copies of it that were altered. */
async function withCatalogue(
  use: (folder: string, altered: (...sql: string[]) => string) => void | Promise<void>,
): Promise<void> {
  await inTemporaryFolder(async (folder) => {
    for (const name of ["one", "two"]) {
      mkdirSync(`${folder}/${name}/shared`, { recursive: true });
      writeFileSync(`${folder}/${name}/shared/${name}`, name);
      await buildImage(`${folder}/${name}`, `${folder}/${name}.img`, { isChecked: false });
    }
    const output = `${folder}/all.catalogue`;
    await makeCatalogue({
      images: [`${folder}/one.img`, `${folder}/two.img`],
      output,
      force: false,
      signal: new AbortController().signal,
      open: (location) => openImage(location),
    });
    let count = 0;
    await use(folder, (...sql) => {
      const path = `${folder}/altered-${count++}`;
      copyFileSync(output, path);
      const database = new DatabaseSync(path);
      database.exec("pragma foreign_keys = off");
      for (const each of sql) database.exec(each);
      database.close();
      return path;
    });
  });
}

Deno.test("no path of a catalogue changes a folder outside of what is extracted into", () =>
  withCatalogue((folder, altered) => {
    for (const name of ["out", "out/real", "elsewhere", "elsewhere/in"]) {
      mkdirSync(`${folder}/${name}`);
    }
    symlinkSync("../elsewhere", `${folder}/out/link`);
    const id = "(select folder from places group by folder having count(*) > 1 and folder > 1)";
    for (
      const path of [
        "../elsewhere",
        "link/in",
        "link",
        "./../elsewhere",
        "real/../../elsewhere",
        "real",
      ]
    ) {
      const before = statSync(`${folder}/elsewhere`);
      const inside = statSync(`${folder}/elsewhere/in`);
      using catalogue = Catalogue.open(
        altered(
          `update folders set path = cast('${path}' as blob) where id = ${id}`,
          "update attributes set mode = 16895",
        ),
      );
      const shared = new SharedFolders(catalogue, `${folder}/out`, true);
      shared.add(catalogue.folderById(1));
      shared.restore();
      for (const [name, { mode, uid, mtimeMs }] of [["", before], ["/in", inside]] as const) {
        const now = statSync(`${folder}/elsewhere${name}`);
        assert.deepEqual([now.mode, now.uid, now.mtimeMs], [mode, uid, mtimeMs], path);
      }
    }
    // Whereas what lies in it is set.
    assert.equal(statSync(`${folder}/out/real`).mode & 0o777, 0o777);
  }));

Deno.test("a catalogue with other tables, or rows that do not fit each other, is named as such", () =>
  withCatalogue((_, altered) => {
    const endless = "with recursive n(i) as (select 1 union all select i + 1 from n) " +
      "select i as id, i as folder, x'61' as name from n";
    assert.throws(
      () =>
        Catalogue.open(altered("alter table files rename to f", `create view files as ${endless}`)),
      { code: "no-catalogue", message: /its tables are not those of a catalogue/ },
    );
    assert.throws(() => Catalogue.open(altered("delete from volumes")), {
      code: "damaged-catalogue",
    });
    for (
      const wrong of [
        "update folders set layer = 99",
        "update files set attributes = 99",
        "update files set name = 'text'",
        "update folders set path = 7 where id > 1",
        "delete from folders where id = 2",
        "update folders set id = 4000000000000 where id = 2",
        "update folders set first_file = 100, count_files = 5",
      ]
    ) {
      using catalogue = Catalogue.open(altered(wrong));
      const look = () => {
        catalogue.files(new TextEncoder().encode("shared/one"));
        for (const below of [catalogue.folderById(1)]) {
          const search = { below, names: [], withFolders: true };
          for (const { path, kind, layer } of findEntries(catalogue, search)) {
            assert.ok(path !== undefined && kind !== undefined && layer.volume !== undefined);
          }
        }
      };
      assert.throws(look, { code: "damaged-catalogue" }, wrong);
    }
  }));
