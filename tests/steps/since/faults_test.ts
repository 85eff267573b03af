import assert from "node:assert/strict";
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { openImage } from "../../../image/open_image.ts";
import { pipeline, recipes, since, type Step, StepError } from "../../../mod.ts";
import { withDisk } from "../../support/mounts/mounted_disk.ts";
import { buildImage } from "../../support/mounts/mounted_stack.ts";
import { output } from "../../support/programs/oracles.ts";
import { testWith } from "../../support/programs/requirements.ts";
import { rangeServer } from "../../support/servers/range_server.ts";
import { inTemporaryFolder } from "../../support/temporary_folder.ts";

/** A source, a full image of it, and a changed file. */
async function withBase(
  use: (place: { folder: string; source: string; base: string; layer: string }) => Promise<void>,
): Promise<void> {
  await inTemporaryFolder(async (folder) => {
    const source = `${folder}/source`;
    mkdirSync(`${source}/many`, { recursive: true });
    for (let i = 0; i < 300; i++) writeFileSync(`${source}/many/${i}`, `${i}`.repeat(200));
    const base = `${folder}/base.img`;
    await buildImage(source, base);
    writeFileSync(`${source}/many/7`, "changed");
    await use({ folder, source, base, layer: `${folder}/layer.img` });
  });
}

/** Why a build failed: in a check, or in a step. */
async function causeOf(building: Promise<unknown>): Promise<{ code: string; message: string }> {
  try {
    await building;
  } catch (error) {
    return (error instanceof StepError ? error.cause : error) as { code: string; message: string };
  }
  throw new Error("the build succeeded");
}

function nothingLeft(folder: string): void {
  assert.deepEqual(readdirSync(folder).filter((name) => name.startsWith("layer")), []);
}

Deno.test("nothing is built on a base that is cut short, and nothing is left", async () => {
  await withBase(async ({ folder, source, base, layer }) => {
    truncateSync(base, 200_000);
    const { message } = await causeOf(buildImage(source, layer, { base }));
    assert.match(message, /cut short/);
    nothingLeft(folder);
  });
});

Deno.test("nothing is built on a base whose record is damaged", async () => {
  await withBase(async ({ folder, source, base, layer }) => {
    const bytes = readFileSync(base);
    const at = bytes.lastIndexOf("icecore\0");
    bytes[at + 64 + 20 * 32]! ^= 1;
    writeFileSync(base, bytes);
    const { code, message } = await causeOf(buildImage(source, layer, { base }));
    assert.equal(code, "bad-base");
    assert.match(
      message,
      /cannot build on .*base\.img: its record is damaged: the digest of its t/,
    );
    nothingLeft(folder);
  });
});

Deno.test("nothing is built on an image without a record", async () => {
  await withBase(async ({ folder, source, base, layer }) => {
    await pipeline(recipes.native).with("pack", { record: false }).run({
      sources: [source],
      output: base,
      force: true,
    });
    await assert.rejects(buildImage(source, layer, { base }), {
      message: /it holds no record of its files' contents\. Build a full image with one/,
    });
    nothingLeft(folder);
  });
});

testWith(
  { programs: ["tune2fs", "mount"], loop: true },
  "nothing is built on a base that was written to since",
  () =>
    withBase(async ({ folder, source, base, layer }) => {
      output("tune2fs", ["-O", "^read-only", base]);
      mkdirSync(`${folder}/mnt`);
      output("mount", ["-o", "loop", base, `${folder}/mnt`]);
      try {
        utimesSync(`${folder}/mnt/many/9`, 1, 1);
      } finally {
        output("umount", [`${folder}/mnt`]);
      }
      await assert.rejects(buildImage(source, layer, { base }), {
        message: /it was written to since it was made/,
      });
      nothingLeft(folder);
    }),
);

Deno.test("a base below the base that was swapped, or is gone, is named", async () => {
  await withBase(async ({ folder, source, base, layer }) => {
    const middle = `${folder}/middle.img`;
    await buildImage(source, middle, { base });
    renameSync(base, `${folder}/elsewhere.img`);
    const missing = await causeOf(buildImage(source, layer, { base: middle }));
    assert.equal(missing.code, "base-missing");
    assert.match(missing.message, /needs the image below, base\.img, of UUID/);
    writeFileSync(`${source}/more`, "more");
    rmSync(`${base}.sha512`);
    await buildImage(source, base);
    const wrong = await causeOf(buildImage(source, layer, { base: middle }));
    assert.equal(wrong.code, "wrong-base");
    assert.match(wrong.message, /base\.img is not the image that it was built on/);
    nothingLeft(folder);
    await pipeline(recipes.native)
      .use(since, { base: middle, bases: [`${folder}/elsewhere.img`] })
      .run({ sources: [`${source}/.`], output: layer });
    assert.ok(readdirSync(folder).includes("layer.img"));
  });
});

Deno.test("a server that goes away, or gets another file, in the middle ends the build", async () => {
  await withBase(async ({ folder, source, base, layer }) => {
    const bytes = readFileSync(base);
    for (const fault of [{ status: 404 }, { status: 412 }] as const) {
      await using server = await rangeServer(bytes);
      server.fault = ({ number }) => number > 1 ? fault : undefined;
      const { message } = await causeOf(buildImage(source, layer, { base: server.url }));
      const why = fault.status === 404 ? /there is no such file on the server/ : /answered 412/;
      assert.match(message, why);
      nothingLeft(folder);
    }
    await using server = await rangeServer(bytes);
    server.fault = ({ number }) => {
      if (number === 2) server.file = { bytes, headers: { etag: '"second"' } };
      return undefined;
    };
    const { message } = await causeOf(buildImage(source, layer, { base: server.url }));
    assert.match(message, /it was replaced on the server/);
    nothingLeft(folder);
  });
});

Deno.test("a server that goes away while the source is scanned ends the build", async () => {
  await withBase(async ({ folder, source, layer }) => {
    const base = `${folder}/large.img`;
    for (let i = 0; i < 12_000; i++) writeFileSync(`${source}/many${i}`, "");
    await buildImage(source, base);
    await using server = await rangeServer(readFileSync(base));
    const goAway: Step = {
      name: "go-away",
      after: "scan",
      run: () => void (server.fault = () => ({ status: 404 })),
    };
    await assert.rejects(
      pipeline(recipes.native).use(goAway).use(since, { base: server.url }).run({
        sources: [`${source}/.`],
        output: layer,
      }),
      { step: "since" },
    );
    nothingLeft(folder);
  });
});

testWith(
  { programs: ["mount"], root: true },
  "a full disk leaves nothing",
  () =>
    withBase(async ({ folder, source, base }) => {
      writeFileSync(`${source}/large`, crypto.getRandomValues(new Uint8Array(60_000)));
      await withDisk(`${folder}/disk`, "size=40k", async () => {
        const { code } = await causeOf(buildImage(source, `${folder}/disk/layer.img`, { base }));
        assert.equal(code, "disk-full");
        nothingLeft(`${folder}/disk`);
      });
    }),
);

Deno.test("a file that goes away meanwhile is named, and the stack is sound", async () => {
  await withBase(async ({ source, base, layer }) => {
    writeFileSync(`${source}/many/8`, "changed as well");
    const vanishing = {
      name: "vanishing",
      after: "since",
      run: () => rmSync(`${source}/many/8`),
    };
    const { image, lossy } = await pipeline(recipes.native)
      .use(since, { base })
      .use(vanishing)
      .run({ sources: [`${source}/.`], output: layer });
    assert.ok(lossy);
    assert.deepEqual(image.report.problems.map(({ kind }) => kind), ["vanished"]);
    await using stack = await openImage(layer);
    const text = async (path: string) => await new Response(await stack.readFile(path)).text();
    assert.equal(await text("/many/7"), "changed");
    assert.equal(await text("/many/9"), "9".repeat(200));
  });
});

Deno.test("an interrupted comparison leaves nothing", async () => {
  await withBase(async ({ folder, source, base, layer }) => {
    await using server = await rangeServer(readFileSync(base));
    const abort = new AbortController();
    server.fault = ({ number }) => {
      if (number < 2) return undefined;
      abort.abort();
      return { stall: "in-body" };
    };
    await assert.rejects(
      pipeline(recipes.native).use(since, { base: server.url }).run({
        sources: [`${source}/.`],
        output: layer,
        signal: abort.signal,
      }),
      { code: "interrupted" },
    );
    nothingLeft(folder);
  });
});

Deno.test("an image is not written over one that it is built on", async () => {
  await withBase(async ({ folder, source, base }) => {
    const middle = `${folder}/middle.img`;
    await buildImage(source, middle, { base });
    for (const output of [middle, base]) {
      await assert.rejects(
        pipeline(recipes.native).use(since, { base: middle }).run({
          sources: [`${source}/.`],
          output,
          force: true,
        }),
        (error: Error & { code: string }) =>
          /is what the image is to be built on/.test(error.message),
      );
    }
    await using stack = await openImage(middle);
    assert.equal((await stack.record()).base?.depth, 1);
  });
});
