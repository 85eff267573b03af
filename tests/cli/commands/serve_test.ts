import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { buildImage as buildLayer } from "../../support/mounts/mounted_stack.ts";
import { icecoreArgv } from "../../support/programs/icecore_command.ts";
import { icecore, icecoreOutput } from "../../support/programs/run_icecore.ts";
import { buildImage } from "../../support/servers/served.ts";
import { inTemporaryFolder } from "../../support/temporary_folder.ts";

const withImage = (use: (image: string, folder: string) => Promise<void>) =>
  inTemporaryFolder(async (folder) => {
    const image = await buildImage(
      folder,
      (source) => writeFileSync(`${source}/note.txt`, "hello"),
    );
    await use(image, folder);
  });

/** Starts the command, waits for its first line, and ends it by a signal. */
async function serving(
  args: readonly string[],
  use: (line: string) => Promise<void>,
  signal: Deno.Signal = "SIGINT",
): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> {
  const [program, ...argv] = icecoreArgv(["serve", ...args]);
  const child = new Deno.Command(program!, {
    args: argv,
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const said = new Response(child.stderr).text();
  const lines = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let stdout = "";
  while (!stdout.includes("\n")) {
    const { value, done } = await lines.read();
    if (done) throw new Error(await said);
    stdout += value;
  }
  try {
    await use(stdout.split("\n")[0]!);
  } finally {
    child.kill(signal);
  }
  for (let each = await lines.read(); !each.done; each = await lines.read()) stdout += each.value;
  return { code: (await child.status).code, stdout, stderr: await said };
}

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.test(`serve prints its address alone on stdout, and ${signal} ends it with 0`, async () => {
    await withImage(async (image) => {
      const { code, stdout, stderr } = await serving([image], async (url) => {
        assert.match(url, /^http:\/\/127\.0\.0\.1:\d+\/[\w-]{32}\/$/);
        assert.equal(await (await fetch(`${url}raw/note.txt`)).text(), "hello");
        assert.match(await (await fetch(`${url}assets/page.js`)).text(), /^import /m);
      }, signal);
      assert.equal(code, 0, stderr);
      assert.equal(stdout.trim().split("\n").length, 1);
      assert.match(stderr, /^icecore: serving 1 image; Ctrl-C ends it$/m);
    });
  });
}

Deno.test("serve ends while somebody reads on", async () => {
  await withImage(async (image) => {
    const { code } = await serving([image, "-q"], async (url) => {
      // A connection that is kept alive, and one that has said nothing yet.
      await (await fetch(url)).text();
    });
    assert.equal(code, 0);
  });
});

Deno.test("serve --json prints one object with the address", async () => {
  await withImage(async (image) => {
    await serving([image, "--json"], async (line) => {
      const { type, url, images } = JSON.parse(line);
      assert.deepEqual([type, images], ["serving", [image]]);
      assert.equal(await (await fetch(`${url}raw/note.txt`)).text(), "hello");
    });
  });
});

Deno.test("serve shows all volumes of a catalogue, and refuses another image in their place", async () => {
  await inTemporaryFolder(async (folder) => {
    const images = ["one", "two"].map((name) => `${folder}/${name}.img`);
    for (const [index, image] of images.entries()) {
      mkdirSync(`${folder}/${index}`);
      writeFileSync(`${folder}/${index}/note.txt`, `${index}`);
      await buildLayer(`${folder}/${index}`, image);
    }
    const catalogue = `${folder}/all.catalogue`;
    await icecoreOutput(["volume", "index", ...images, "-o", catalogue, "-q"], folder);
    const { stderr } = await serving([catalogue], async (url) => {
      assert.equal(await (await fetch(`${url}raw/one.img/note.txt`)).text(), "0");
      assert.equal(await (await fetch(`${url}raw/two.img/note.txt`)).text(), "1");
    });
    assert.match(stderr, /serving 2 images/);
    copyFileSync(images[0]!, images[1]!);
    const swapped = await icecore(["serve", catalogue]);
    assert.equal(swapped.code, 1);
    assert.match(swapped.stderr, /two\.img: it is not the image that the catalogue was made of/);
  });
});

Deno.test("serve shows a stack as one tree, finds its base where it is given, or shows one image", async () => {
  await inTemporaryFolder(async (folder) => {
    const source = `${folder}/docs`;
    mkdirSync(source);
    mkdirSync(`${folder}/old`);
    writeFileSync(`${source}/a.txt`, "January");
    await buildLayer(source, `${folder}/old/jan.img`);
    writeFileSync(`${source}/b.txt`, "February");
    const top = `${folder}/feb.img`;
    await buildLayer(source, top, { base: `${folder}/old/jan.img` });
    const missing = await icecore(["serve", top]);
    assert.equal(missing.code, 1);
    assert.match(missing.stderr, /it needs the image below, jan\.img/);
    await serving([top, "--base", `${folder}/old`], async (url) => {
      assert.equal(await (await fetch(`${url}raw/a.txt`)).text(), "January");
      assert.equal(await (await fetch(`${url}raw/b.txt?layer=0`)).text(), "February");
    });
    await serving([top, "--layer"], async (url) => {
      assert.equal(await (await fetch(`${url}raw/b.txt`)).text(), "February");
      const { status, body } = await fetch(`${url}raw/a.txt`);
      await body?.cancel();
      assert.equal(status, 404);
    });
  });
});

Deno.test("beyond loopback serve wants a password, which must be one", async () => {
  await withImage(async (image, folder) => {
    const refused = async (args: string[], says: RegExp) => {
      const { code, stderr, stdout } = await icecore(["serve", image, ...args]);
      assert.equal(code, 2);
      assert.equal(stdout, "");
      assert.match(stderr, says);
    };
    await refused(
      ["--host", "0.0.0.0"],
      /cannot serve at 0\.0\.0\.0 without a password: .*--password-file/,
    );
    await refused(["--password-file", `${folder}/none`], /cannot read .*none: .*/);
    writeFileSync(`${folder}/short`, "secret\n");
    await refused(["--password-file", `${folder}/short`], /fewer than 8 characters/);
    await refused(["--port", "70000"], /70000|65535|65,535/);
    writeFileSync(`${folder}/password`, "correct horse\nsecond line\n");
    await serving(
      [image, "--host", "0.0.0.0", "--password-file", `${folder}/password`],
      async (url) => {
        assert.match(url, /^http:\/\/localhost:\d+\/$/);
        const headers = { authorization: `Basic ${btoa("me:correct horse")}` };
        assert.equal((await fetch(`${url}raw/note.txt`)).status, 401);
        assert.equal(await (await fetch(`${url}raw/note.txt`, { headers })).text(), "hello");
      },
    );
  });
});

Deno.test("a port that another program has is named, and so is what is not an image", async () => {
  await withImage(async (image, folder) => {
    const other = createServer();
    await new Promise<void>((done) => other.listen(0, "127.0.0.1", done));
    const { port } = other.address() as AddressInfo;
    const { code, stderr } = await icecore(["serve", image, "--port", String(port)]);
    other.close();
    assert.equal(code, 1);
    assert.match(
      stderr,
      /cannot listen at 127\.0\.0\.1, port \d+: another program does\. Choose another port/,
    );
    writeFileSync(`${folder}/no.img`, "no image at all");
    const none = await icecore(["serve", image, `${folder}/no.img`]);
    assert.equal(none.code, 1);
    assert.match(none.stderr, /no\.img/);
  });
});
