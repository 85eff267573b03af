import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { digestFile } from "../../host/digests/file_digest.ts";
import { formatDigestLine } from "../../plugin.ts";
import { buildSmallImage } from "../support/images/small_image.ts";
import { icecore } from "../support/programs/run_icecore.ts";
import { type RangeServer, rangeServer } from "../support/servers/range_server.ts";
import { s3Store } from "../support/servers/s3_store.ts";
import { inTemporaryFolder } from "../support/temporary_folder.ts";

interface Served {
  readonly bytes: Uint8Array;
  /** The side file's text for an image of that name. */
  sideFile(name: string): Uint8Array;
}

async function imageIn(folder: string): Promise<Served> {
  const path = await buildSmallImage(folder);
  const digest = await digestFile(path, "sha512", new AbortController().signal, () => {});
  const sideFile = (name: string) =>
    new TextEncoder().encode(`${formatDigestLine({ digest, name })}\n`);
  return { bytes: new Uint8Array(readFileSync(path)), sideFile };
}

/** Serves the image at any path, and beside it its side file. */
async function serve({ bytes, sideFile }: Served, name: string): Promise<RangeServer> {
  const server = await rangeServer(bytes);
  const files = [bytes, sideFile(name)].map((each, i) => ({
    bytes: each,
    headers: { etag: `"${i}"` },
  }));
  server.fault = ({ path }) => {
    server.file = files[/\.sha512(\?|$)/.test(path) ? 1 : 0]!;
    return undefined;
  };
  return server;
}

Deno.test("no command prints the password or the signature of a URL", async () => {
  await inTemporaryFolder(async (folder) => {
    await using server = await serve(await imageIn(folder), "image");
    const url = `${server.url.replace("//", "//bob:hunter2@")}?X-Sig=topsig&long=${
      "x".repeat(300)
    }`;
    const shown = `${server.url}?…`;
    mkdirSync(`${folder}/empty`);
    const commands = [
      ["verify", url],
      ["verify", url, "--json"],
      ["verify", url, "--no-digest", "--source", `${folder}/empty`],
      ["extract", url, "-o", `${folder}/one`],
      ["extract", url, "--json", "-o", `${folder}/two`],
      ["diff", url, `${folder}/empty`],
      ["diff", url, `${folder}/empty`, "--json"],
      ["mount", url, `${folder}/empty`],
      ["ls", url, "nothing", "--verbose"],
      ["info", "ok.img", url],
    ];
    for (const args of commands) {
      const { stdout, stderr } = await icecore(args);
      assert.doesNotMatch(stdout + stderr, /hunter2|topsig/, args[0]);
    }
    const verified = await icecore(["verify", url]);
    assert.deepEqual([verified.code, verified.stdout], [0, `${shown}: OK\n`], verified.stderr);
    const { stdout } = await icecore(["verify", url, "--json"]);
    assert.equal(JSON.parse(stdout).image, shown);
    const missing = await icecore(["verify", url.replace("/image", "/other.sha512")]);
    assert.doesNotMatch(missing.stdout + missing.stderr, /hunter2|topsig/);
  });
});

Deno.test("verify finds the side file of a URL whatever its name", async () => {
  await inTemporaryFolder(async (folder) => {
    const image = await imageIn(folder);
    for (const [path, name] of [["100%.img", "100%.img"], ["my%20photos.img", "my photos.img"]]) {
      await using server = await serve(image, name!);
      const url = server.url.replace("/image", `/${path}`);
      const { code, stderr } = await icecore(["verify", url]);
      assert.equal(code, 0, stderr);
    }
    await using store = await s3Store();
    for (const name of ["my photos.img", "what?.img", "a#b.img", "100%.img"]) {
      await store.put(name, image.bytes);
      await store.put(`${name}.sha512`, image.sideFile(name));
      const { code, stdout, stderr } = await icecore(["verify", `s3://vault/${name}`]);
      assert.deepEqual([code, stdout], [0, `s3://vault/${name}: OK\n`], stderr);
    }
  });
});
