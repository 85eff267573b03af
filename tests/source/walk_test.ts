import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { spawnSync } from "node:child_process";
import { chmodSync, linkSync, mkdirSync, utimesSync, writeFileSync } from "node:fs";
import { withDisk } from "../support/mounts/mounted_disk.ts";
import { output } from "../support/programs/oracles.ts";
import { BOUND_BY_PERMISSIONS } from "../support/programs/privileges.ts";
import { testWith } from "../support/programs/requirements.ts";
import { inTemporaryFolder } from "../support/temporary_folder.ts";
import { scan } from "./scanning.ts";

Deno.test("names may be any bytes, up to 255 of them", async () => {
  await inTemporaryFolder(async (folder) => {
    const names = [
      "new\nline",
      "back\\slash",
      " ",
      "-rf",
      "ä".repeat(127) + "a",
      "'\"$(x)",
      "\u202e",
    ];
    for (const name of names) writeFileSync(`${folder}/${name}`, name);
    output("sh", ["-c", String.raw`printf x > "$(printf '\344\377\n.')"`], folder);
    const found = await scan([`${folder}/.`]);
    const expected = [...names.map((name) => Buffer.from(name).toString("latin1")), "\xe4\xff\n."];
    assert.deepEqual(found.names, expected.sort());
    assert.deepEqual(found.problems, []);
  });
});

Deno.test("a path of 10,000 bytes is walked, and its file read", async () => {
  await inTemporaryFolder(async (folder) => {
    // A path this long can only be made, and removed, step by step.
    const name = "d".repeat(99);
    const script =
      `i=0; while test $i -lt 100; do mkdir ${name}; cd -P ${name}; i=$((i+1)); done; echo deep > f`;
    output("sh", ["-c", script], folder);
    try {
      const { names, tree, problems } = await scan([`${folder}/.`]);
      assert.deepEqual(problems, []);
      assert.equal(names.at(-1)!.length, 100 * 100 + 1);
      assert.equal(tree.countInodes, 102);
    } finally {
      output("rm", ["-rf", name], folder);
    }
  });
});

Deno.test("several names of one inode are one inode, also across sources", async () => {
  await inTemporaryFolder(async (folder) => {
    for (const name of ["a", "b"]) mkdirSync(`${folder}/${name}`);
    writeFileSync(`${folder}/a/one`, "x");
    linkSync(`${folder}/a/one`, `${folder}/a/two`);
    linkSync(`${folder}/a/one`, `${folder}/b/three`);
    const { tree, inode } = await scan([`${folder}/a`, `${folder}/b`]);
    assert.equal(inode("a/one"), inode("a/two"));
    assert.equal(inode("a/one"), inode("b/three"));
    assert.equal(tree.countNames[inode("a/one")], 3);
  });
});

Deno.test("excluded folders are not entered", async () => {
  await inTemporaryFolder(async (folder) => {
    for (const path of ["keep/cache", "cache/keep"]) {
      mkdirSync(`${folder}/${path}`, { recursive: true });
    }
    writeFileSync(`${folder}/keep/a.tmp`, "");
    const { names } = await scan([`${folder}/.`], { exclude: ["/cache", "*.tmp"] });
    assert.deepEqual(names, ["keep", "keep/cache"]);
  });
});

testWith(
  { programs: ["mount"], loop: true },
  "another file system within is entered, or stored empty",
  async () => {
    await inTemporaryFolder(async (folder) => {
      await withDisk(`${folder}/mnt`, "mode=700", async () => {
        writeFileSync(`${folder}/mnt/inside`, "");
        assert.deepEqual((await scan([`${folder}/.`])).names, ["mnt", "mnt/inside"]);
        const one = await scan([`${folder}/.`], { oneFileSystem: true });
        assert.deepEqual(one.names, ["mnt"]);
        assert.equal(one.tree.mode[one.inode("mnt")]! & 0o777, 0o700);
      });
    });
  },
);

Deno.test("two folders of the same content made in different order give the same tree", async () => {
  await inTemporaryFolder(async (folder) => {
    const names = Array.from({ length: 300 }, (_, i) => `name-${(i * 7919) % 1000}`);
    for (const [copy, order] of [["a", names], ["b", [...names].reverse()]] as const) {
      mkdirSync(`${folder}/${copy}/sub`, { recursive: true });
      for (const name of order) {
        for (const place of [`${folder}/${copy}`, `${folder}/${copy}/sub`]) {
          writeFileSync(`${place}/${name}`, name);
          utimesSync(`${place}/${name}`, 1, 1);
        }
      }
      for (const place of [`${folder}/${copy}/sub`, `${folder}/${copy}`]) utimesSync(place, 1, 1);
    }
    const treeOf = async (path: string) => (await scan([path])).tree;
    assert.deepEqual(await treeOf(`${folder}/a/.`), await treeOf(`${folder}/b/.`));
  });
});

testWith(
  { programs: ["setpriv"], root: true },
  "what may not be read is named, and all else is stored",
  async () => {
    await inTemporaryFolder((folder) => {
      mkdirSync(`${folder}/closed`);
      writeFileSync(`${folder}/closed/f`, "");
      writeFileSync(`${folder}/open`, "");
      chmodSync(`${folder}/closed`, 0o700);
      chmodSync(folder, 0o755);
      // Another user could not read this repository: root gives rights up.
      const driver = new URL("./scan_driver.ts", import.meta.url).pathname;
      output("chown", ["-R", "1234:1234", folder]);
      const [program, ...args] = [...BOUND_BY_PERMISSIONS, Deno.execPath(), "run", "--allow-all"];
      const { stdout, stderr } = spawnSync(program!, [...args, "--no-check", driver, folder], {
        encoding: "utf8",
      });
      assert.equal(stderr, "");
      assert.deepEqual(JSON.parse(stdout), {
        files: 1,
        problems: [
          `unreadable ${folder}/closed: permission denied; it is stored as an empty folder`,
        ],
      });
    });
  },
);
