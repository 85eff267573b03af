import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import {
  appendFileSync,
  readFileSync,
  renameSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { nameOf, type TreeEntry, type TreeInode } from "../../ext4/tree.ts";
import { Breather } from "../../host/breathe.ts";
import { close, closeRead, type Descriptor } from "../../host/libc/files.ts";
import type { Problem } from "../../pipeline/problem.ts";
import { placeSources } from "../../source/placement.ts";
import { scannedSource } from "../../source/scanned_source.ts";
import { SourceFile } from "../../source/source_file.ts";
import { walk } from "../../source/walk.ts";
import { inTemporaryFolder } from "../support/temporary_folder.ts";

const CONTENT = "what was there when it was scanned\n";

interface Outcome {
  readonly bytes: string;
  readonly problems: readonly string[];
  readonly offered: number;
}

/** Scans a folder of one file, and reads that at once. */
async function read(
  happenings: {
    readonly scanned?: (path: string) => void;
    readonly opened?: (path: string) => void;
  },
): Promise<Outcome> {
  let outcome: Outcome | undefined;
  await inTemporaryFolder(async (folder) => {
    const path = `${folder}/file`;
    writeFileSync(path, CONTENT);
    utimesSync(path, 1_600_000_000, 1_600_000_000);
    const signal = new AbortController().signal;
    const source = scannedSource(
      await walk(placeSources([`${folder}/.`]), {
        exclude: [],
        oneFileSystem: false,
        allTimes: false,
        signal,
        onProgress: () => {},
        onProblem: ({ reason }) => assert.fail(reason),
      }),
    );
    const { tree } = source;
    const entry = Array.from({ length: tree.countEntries }, (_, i) => i as TreeEntry)
      .find((each) => Buffer.from(nameOf(tree, each)).toString() === "file")!;
    const inode = tree.entryInode[entry]! as TreeInode;
    const problems: Problem[] = [];
    let offered = 0;
    const file = new SourceFile(source, (each) => problems.push(each), new Breather(signal), {
      offer(fd, _inode, expected) {
        assert.equal(expected, undefined, "it is looked at once only");
        offered++;
        closeRead(fd);
        return true;
      },
    });
    try {
      happenings.scanned?.(path);
      file.open(inode, undefined, true);
      happenings.opened?.(path);
      const fd = file.descriptor as Descriptor;
      const into = new Uint8Array(CONTENT.length);
      await file.read(into, 0);
      file.close();
      assert.throws(() => close(fd), { code: "EBADF" }, "it is closed");
      const reasons = problems.map(({ kind, reason }) => `${kind}: ${reason}`);
      outcome = { bytes: Buffer.from(into).toString(), problems: reasons, offered };
    } finally {
      source.close();
    }
  });
  return outcome!;
}

Deno.test("a file that is read at once is looked at once, and closed by others", async () => {
  assert.deepEqual(await read({}), { bytes: CONTENT, problems: [], offered: 1 });
});

Deno.test("of a file that took its place, nothing is stored", async () => {
  const { bytes, problems } = await read({
    scanned(path) {
      writeFileSync(`${path}.other`, CONTENT.toUpperCase());
      utimesSync(`${path}.other`, 1_600_000_000, 1_600_000_000);
      renameSync(`${path}.other`, path);
    },
  });
  assert.equal(bytes, "\0".repeat(CONTENT.length));
  assert.deepEqual(problems, [
    "changed: another file has taken its place; the image holds zeros for it",
  ]);
});

for (const when of ["scanned", "opened"] as const) {
  Deno.test(`a file that grew since it was ${when} is named`, async () => {
    const { bytes, problems } = await read({ [when]: (path: string) => appendFileSync(path, "x") });
    assert.equal(bytes, CONTENT);
    assert.equal(problems.length, 1);
    assert.match(problems[0]!, /^changed: it became longer/);
  });

  Deno.test(`a file that was written since it was ${when} and got its time back is named`, async () => {
    const { problems } = await read({
      [when](path: string) {
        writeFileSync(path, readFileSync(path, "utf8").toUpperCase());
        utimesSync(path, 1_600_000_000, 1_600_000_000);
      },
    });
    assert.equal(problems.length, 1);
    assert.match(problems[0]!, /^changed: it changed, though its size and modification time/);
  });

  Deno.test(`a file that was cut since it was ${when} is named, and the rest is zeros`, async () => {
    const { bytes, problems } = await read({ [when]: (path: string) => truncateSync(path, 9) });
    assert.equal(bytes, CONTENT.slice(0, 9).padEnd(CONTENT.length, "\0"));
    assert.deepEqual(problems, [
      "changed: it became shorter: the image holds zeros from byte 9 on",
    ]);
  });
}
