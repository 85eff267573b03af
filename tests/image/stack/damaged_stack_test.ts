import assert from "node:assert/strict";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { CorruptImageError, UnsupportedFeatureError } from "../../../ext4/image_errors.ts";
import { EnvironmentError } from "../../../host/environment_error.ts";
import type { OpenImageOptions } from "../../../image/image_reader.ts";
import { openImage } from "../../../image/open_image.ts";
import { DamagedFileError } from "../../../pipeline/build_errors.ts";
import { buildImage, STACK } from "../../support/mounts/mounted_stack.ts";
import { testWith } from "../../support/programs/requirements.ts";
import { inTemporaryFolder } from "../../support/temporary_folder.ts";

const COUNT_FLIPS = 400;
const KNOWN = [CorruptImageError, UnsupportedFeatureError, EnvironmentError, DamagedFileError];

/** Three images on each other; each changes, adds and removes something. */
async function withStack(use: (images: readonly string[]) => Promise<void>): Promise<void> {
  await inTemporaryFolder(async (folder) => {
    const source = `${folder}/source`;
    mkdirSync(`${source}/a/b`, { recursive: true });
    const images: string[] = [];
    for (let n = 0; n < 3; n++) {
      writeFileSync(`${source}/a/b/always`, `always ${n} `.repeat(200));
      writeFileSync(`${source}/a/of-${n}`, `${n}`.repeat(3000));
      rmSync(`${source}/a/of-${n - 2}`, { force: true });
      const image = `${folder}/${n}.img`;
      await buildImage(source, image, images[0] === undefined ? {} : { base: images[0] });
      images.unshift(image);
    }
    await use(images);
  });
}

/** All that is read: a line a path, with what its contents are. */
async function allOf(image: string, options: OpenImageOptions = {}): Promise<string[]> {
  await using reader = await openImage(image, options);
  const lines: string[] = [];
  for await (const { pathText, stat } of reader.walk()) {
    const text = stat.kind === "file" ? await textOf(reader, stat.inode, options) : "";
    lines.push(`${pathText} ${stat.mode} ${stat.sizeBytes} ${text}`);
  }
  return lines.sort();
}

async function textOf(
  reader: Awaited<ReturnType<typeof openImage>>,
  inode: number & { readonly brand: "InodeNumber" },
  { onBroken }: OpenImageOptions,
): Promise<string> {
  try {
    return await new Response(await reader.readFile(inode)).text();
  } catch (error) {
    if (onBroken === undefined) throw error;
    return "damaged";
  }
}

/** Numbers that look like chance and are the same each time. */
function* numbers(seed: number): Generator<number> {
  for (let state = seed;;) yield (state = (state * 1103515245 + 12345) & 0x7fffffff) / 0x80000000;
}

testWith(
  STACK,
  "whatever bit of a stack's images is damaged, what is read is right or an error",
  () =>
    withStack(async (images) => {
      const whole = await allOf(images[0]!);
      const chance = numbers(12);
      const next = () => chance.next().value as number;
      let countErrors = 0;
      for (let flip = 0; flip < COUNT_FLIPS; flip++) {
        const image = images[Math.floor(next() * images.length)]!;
        const sound = readFileSync(image);
        const bytes = Uint8Array.from(sound);
        const at = Math.floor(next() * bytes.length);
        bytes[at]! ^= 1 << Math.floor(next() * 8);
        writeFileSync(image, bytes);
        const where = `${image.slice(-5)} at ${at}`;
        try {
          assert.deepEqual(await allOf(images[0]!), whole, where);
        } catch (error) {
          const isKnown = KNOWN.some((known) => error instanceof known);
          if (!isKnown) throw new Error(where, { cause: error });
          countErrors++;
        }
        await allOf(images[0]!, { onBroken() {}, onUnsupported() {} }).catch((error) => {
          const isKnown = KNOWN.some((known) => error instanceof known);
          if (!isKnown) throw new Error(`${where}, the rest wanted`, { cause: error });
        });
        writeFileSync(image, sound);
      }
      assert.ok(countErrors > COUNT_FLIPS / 20, `${countErrors} flips were noticed`);
    }),
);

testWith(
  STACK,
  "of a stack with a damaged folder, what other images have of it is still shown",
  () =>
    withStack(async (images) => {
      const broken: string[] = [];
      const bytes = readFileSync(images[2]!);
      // A name in a folder of the lowest image: the block's checksum is wrong then.
      const at = bytes.indexOf("always");
      assert.ok(at > 0);
      bytes[at]! ^= 1;
      writeFileSync(images[2]!, bytes);
      await assert.rejects(allOf(images[0]!), CorruptImageError);
      const rest = await allOf(images[0]!, {
        onBroken: (_error, path) => void broken.push(new TextDecoder().decode(path)),
      });
      assert.ok(rest.some((line) => line.startsWith("a/b/always ")), rest.join("\n"));
      assert.deepEqual(broken, ["a/b"]);
    }),
);
