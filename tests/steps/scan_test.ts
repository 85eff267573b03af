import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { S_IFIFO, type Tree, type TreeInode } from "../../ext4/tree.ts";
import type { Problem } from "../../pipeline/problem.ts";
import { compileExcludes } from "../../steps/source/exclude.ts";
import { placeSources } from "../../steps/source/placement.ts";
import { walk } from "../../steps/source/walk.ts";
import { pathsOf } from "../support/mounted_tree.ts";
import { output } from "../support/oracles.ts";
import { testWith } from "../support/requirements.ts";

interface Scanned {
  readonly tree: Tree;
  readonly problems: readonly Problem[];
  readonly names: readonly string[];
  inode(path: string): TreeInode;
}

interface ScanOptions {
  readonly exclude?: readonly string[];
  readonly oneFileSystem?: boolean;
  readonly allTimes?: boolean;
}

async function scan(sources: readonly string[], options: ScanOptions = {}): Promise<Scanned> {
  const problems: Problem[] = [];
  const { builder } = await walk(placeSources(sources), {
    excluded: compileExcludes(options.exclude ?? []),
    oneFileSystem: options.oneFileSystem ?? false,
    allTimes: options.allTimes ?? false,
    signal: new AbortController().signal,
    onProgress: () => {},
    onProblem: (problem) => void problems.push(problem),
  });
  const tree = builder.tree();
  const paths = new Map(pathsOf(tree));
  const inode = (path: string) => {
    const found = paths.get(Buffer.from(path).toString("latin1"));
    assert.ok(found !== undefined, `${path} is in the tree`);
    return found;
  };
  return { tree, problems, names: [...paths.keys()].filter((path) => path !== "").sort(), inode };
}

async function inFolder(body: (folder: string) => void | Promise<void>): Promise<void> {
  const folder = realpathSync(mkdtempSync(`${tmpdir()}/icecore-test-`));
  try {
    await body(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

Deno.test("a source lies under its own name, SOURCE/. at the root", async () => {
  await inFolder(async (folder) => {
    mkdirSync(`${folder}/a/inner`, { recursive: true });
    mkdirSync(`${folder}/b`);
    writeFileSync(`${folder}/a/inner/f`, "");
    writeFileSync(`${folder}/b/g`, "");
    assert.deepEqual((await scan([`${folder}/a`])).names, ["a", "a/inner", "a/inner/f"]);
    assert.deepEqual((await scan([`${folder}/a/`])).names, ["a", "a/inner", "a/inner/f"]);
    assert.deepEqual((await scan([`${folder}/a/.`])).names, ["inner", "inner/f"]);
    const both = await scan([`${folder}/b`, `${folder}/a`]);
    assert.deepEqual(both.names, ["a", "a/inner", "a/inner/f", "b", "b/g"]);
    const mixed = await scan([`${folder}/a/.`, `${folder}/b`]);
    assert.deepEqual(mixed.names, ["b", "b/g", "inner", "inner/f"]);
  });
});

Deno.test("sources that would have the same place are refused", async () => {
  await inFolder(async (folder) => {
    for (const path of ["a/x", "b/x", "c/x"]) mkdirSync(`${folder}/${path}`, { recursive: true });
    const at = (path: string) => `${folder}/${path}`;
    for (
      const sources of [[at("a/x"), at("b/x")], [at("a/."), at("b/.")], [at("a/."), at("b/x")]]
    ) {
      assert.throws(() => placeSources(sources), { name: "UsageError", code: "source-clash" });
    }
    assert.throws(() => placeSources([]), { name: "UsageError" });
    await Promise.resolve();
  });
});

Deno.test("a symbolic link as a source is followed; one within is stored", async () => {
  await inFolder(async (folder) => {
    mkdirSync(`${folder}/true`);
    symlinkSync("../outside", `${folder}/true/link`);
    symlinkSync("true", `${folder}/alias`);
    const { names, tree, inode } = await scan([`${folder}/alias`]);
    assert.deepEqual(names, ["alias", "alias/link"]);
    assert.equal(tree.sizeBytes[inode("alias/link")], "../outside".length);
  });
});

Deno.test("names may be any bytes, up to 255 of them", async () => {
  await inFolder(async (folder) => {
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
  await inFolder(async (folder) => {
    // A path this long can only be made, and removed, step by step.
    const name = "d".repeat(99);
    const script =
      `i=0; while test $i -lt 100; do mkdir ${name}; cd -P ${name}; i=$((i+1)); done; echo deep > f`;
    output("sh", ["-c", script], folder);
    const { names, tree, problems } = await scan([`${folder}/.`]);
    assert.deepEqual(problems, []);
    assert.equal(names.at(-1)!.length, 100 * 100 + 1);
    assert.equal(tree.countInodes, 102);
    output("rm", ["-rf", name], folder);
  });
});

Deno.test("several names of one inode are one inode, also across sources", async () => {
  await inFolder(async (folder) => {
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

Deno.test("holes are found, also one that is the whole file", async () => {
  await inFolder(async (folder) => {
    writeFileSync(`${folder}/full`, new Uint8Array(100_000));
    writeFileSync(`${folder}/hole`, "");
    truncateSync(`${folder}/hole`, 10_000_000);
    writeFileSync(`${folder}/mixed`, "start");
    truncateSync(`${folder}/mixed`, 10_000_000);
    const { tree, inode } = await scan([`${folder}/.`]);
    assert.equal(tree.dataRanges.get(inode("full")), undefined);
    assert.deepEqual([...tree.dataRanges.get(inode("hole"))!], []);
    const [start, end, ...more] = tree.dataRanges.get(inode("mixed"))!;
    assert.deepEqual([start, more], [0, []]);
    assert.ok(end! >= 5 && end! <= 65_536, `${end}`);
    assert.equal(tree.sizeBytes[inode("mixed")], 10_000_000);
  });
});

testWith(
  { programs: ["setfattr", "setfacl"], root: true },
  "attributes and ACLs are read",
  async () => {
    await inFolder(async (folder) => {
      writeFileSync(`${folder}/f`, "");
      mkdirSync(`${folder}/d`);
      symlinkSync("f", `${folder}/l`);
      output("setfattr", ["-n", "trusted.a", "-v", "1", `${folder}/f`]);
      output("setfattr", ["-h", "-n", "trusted.l", "-v", "2", `${folder}/l`]);
      output("setfacl", ["-m", "u:1234:rw", `${folder}/f`]);
      output("setfacl", ["-d", "-m", "u:1234:rwx", `${folder}/d`]);
      const { tree, inode } = await scan([`${folder}/.`]);
      const namesOf = (path: string) =>
        tree.xattrSets[tree.xattrSet[inode(path)]!]!
          .map(({ name }) => new TextDecoder().decode(name)).sort();
      assert.deepEqual(namesOf("f"), ["system.posix_acl_access", "trusted.a"]);
      assert.deepEqual(namesOf("d"), ["system.posix_acl_default"]);
      assert.deepEqual(namesOf("l"), ["trusted.l"]);
    });
  },
);

Deno.test("modes and times are read with nanoseconds; all four where asked for", async () => {
  await inFolder(async (folder) => {
    writeFileSync(`${folder}/f`, "");
    chmodSync(`${folder}/f`, 0o4711);
    output("touch", ["-a", "-d", "@5", `${folder}/f`]);
    output("touch", ["-m", "-d", "@-3.5", `${folder}/f`]);
    output("mkfifo", [`${folder}/p`]);
    const { tree, inode } = await scan([`${folder}/.`]);
    assert.equal(tree.mode[inode("f")]! & 0o7777, 0o4711);
    assert.equal(tree.mode[inode("p")]! & 0o170000, S_IFIFO);
    assert.equal(tree.mtime.seconds[inode("f")], -4);
    assert.equal(tree.mtime.nanoseconds[inode("f")], 500_000_000);
    assert.equal(tree.atime, undefined);
    const all = await scan([`${folder}/.`], { allTimes: true });
    assert.equal(all.tree.atime!.seconds[all.inode("f")], 5);
    assert.ok(all.tree.ctime!.seconds[all.inode("f")]! > 1_000_000_000);
  });
});

Deno.test("excluded folders are not entered", async () => {
  await inFolder(async (folder) => {
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
    await inFolder(async (folder) => {
      mkdirSync(`${folder}/mnt`);
      output("mount", ["-t", "tmpfs", "-o", "mode=700", "icecore-test", `${folder}/mnt`]);
      try {
        writeFileSync(`${folder}/mnt/inside`, "");
        assert.deepEqual((await scan([`${folder}/.`])).names, ["mnt", "mnt/inside"]);
        const one = await scan([`${folder}/.`], { oneFileSystem: true });
        assert.deepEqual(one.names, ["mnt"]);
        assert.equal(one.tree.mode[one.inode("mnt")]! & 0o777, 0o700);
      } finally {
        output("umount", [`${folder}/mnt`]);
      }
    });
  },
);

Deno.test("two folders of the same content made in different order give the same tree", async () => {
  await inFolder(async (folder) => {
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
    const columns = async (path: string) =>
      JSON.stringify(Object.entries((await scan([path])).tree));
    assert.equal(await columns(`${folder}/a/.`), await columns(`${folder}/b/.`));
  });
});

testWith(
  { programs: ["setpriv"], root: true },
  "what may not be read is named, and all else is stored",
  async () => {
    await inFolder((folder) => {
      mkdirSync(`${folder}/closed`);
      writeFileSync(`${folder}/closed/f`, "");
      writeFileSync(`${folder}/open`, "");
      chmodSync(`${folder}/closed`, 0o700);
      chmodSync(folder, 0o755);
      // Another user could not read this repository: the privileges are dropped in this program.
      const driver = new URL("./scan_driver.ts", import.meta.url).pathname;
      const drop = "-dac_override,-dac_read_search";
      output("chown", ["-R", "1234:1234", folder]);
      const args = [
        "--bounding-set",
        drop,
        "--inh-caps",
        drop,
        Deno.execPath(),
        "run",
        "--allow-all",
      ];
      const { stdout, stderr } = spawnSync("setpriv", [...args, "--no-check", driver, folder], {
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
