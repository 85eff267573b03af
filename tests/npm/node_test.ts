/**
 * The npm package of `icecore/read`, as `npm.sh` makes it, imported by Node 22.
 */

import assert from "node:assert/strict";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { repositoryRoot } from "../lint/source_files.ts";
import { buildSmallImage } from "../support/images/small_image.ts";
import { testWith } from "../support/programs/requirements.ts";
import { rangeServer } from "../support/servers/range_server.ts";
import { inTemporaryFolder } from "../support/temporary_folder.ts";

/** Lists, reads, verifies, and tries what Node cannot do; prints what came of it as JSON. */
const PROGRAM = `
import { diffImages, exportImage, extractImage, openImage, verifyImage } from "icecore/read";

const [location, folder] = process.argv.slice(2);
const image = await openImage(location);
const paths = [];
for await (const { pathText } of image.walk("/docs")) paths.push(pathText);
const text = await new Response(await image.readFile("/readme.txt")).text();
let exportedBytes = 0;
for await (const piece of exportImage(image)) exportedBytes += piece.length;
// The server answers for a side file with the image as well.
const digestOf = location.startsWith("http") ? "never" : "auto";
const { digest } = await verifyImage(location, { digest: digestOf });
const code = (work) => work.then(() => "done", ({ name, code }) => name + " " + code);
const failures = [
  await code(image.stat("/nothing")),
  await code(openImage(folder + "/nothing")),
  await code(openImage(folder)),
  await code(extractImage(image, { target: folder + "/out" })),
  await code(diffImages(location, folder + "/source")),
];
const { traffic } = image;
await image.close();
const node = process.versions.node.split(".")[0];
console.log(JSON.stringify({ node, paths, text, exportedBytes, digest, traffic, failures }));
`;

/** What the program prints, with the image at a location. */
async function onNode(folder: string, location: string) {
  const { code, stdout, stderr } = await new Deno.Command("npx", {
    args: ["-y", "node@22", "program.mjs", location, folder],
    cwd: folder,
  }).output();
  const decoder = new TextDecoder();
  assert.equal(code, 0, decoder.decode(stderr));
  return JSON.parse(decoder.decode(stdout));
}

testWith(
  { programs: ["npx"] },
  "Node 22 imports icecore/read: a file, and over HTTP",
  async (t) => {
    await inTemporaryFolder(async (folder) => {
      const modules = `${folder}/node_modules`;
      mkdirSync(modules);
      const made = await new Deno.Command("bash", {
        args: [`${repositoryRoot}/npm.sh`, `${modules}/icecore`],
      }).output();
      assert.ok(made.success, new TextDecoder().decode(made.stderr));
      symlinkSync(`${repositoryRoot}/node_modules/minimatch`, `${modules}/minimatch`);
      writeFileSync(`${folder}/program.mjs`, PROGRAM);
      const path = await buildSmallImage(folder);
      const sideFile = readFileSync(`${path}.sha512`, "utf8");
      const expected = {
        node: "22",
        text: "An ice core is drilled once.\n",
        failures: [
          "PathError no-such-path",
          "EnvironmentError no-image",
          "EnvironmentError no-image",
          "EnvironmentError no-foreign-functions",
          "EnvironmentError no-foreign-functions",
        ],
      };

      await t.step("a file", async () => {
        const { node, text, paths, failures, digest, traffic, exportedBytes } = await onNode(
          folder,
          path,
        );
        assert.deepEqual({ node, text, failures }, expected);
        assert.deepEqual(paths.sort(), [
          "docs/large.bin",
          "docs/old",
          "docs/old/notes.txt",
          "docs/same.txt",
        ]);
        assert.equal(traffic, undefined);
        assert.ok(sideFile.startsWith(`${digest.digest}  `));
        assert.ok(exportedBytes > 700_000 && exportedBytes % 10_240 === 0, String(exportedBytes));
      });

      await t.step("over HTTP", async () => {
        await using server = await rangeServer(readFileSync(path));
        const { node, text, failures, digest, traffic } = await onNode(folder, server.url);
        assert.deepEqual({ node, text, failures }, expected);
        assert.equal(digest, undefined);
        assert.ok(traffic.countRequests > 0);
      });
    });
  },
);
