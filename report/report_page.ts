/**
 * A report on an image or a build: one page that needs nothing else, neither network nor script.
 * @module
 */

import { createHash } from "node:crypto";
import { printable } from "../host/libc/paths.ts";
import type { ImageReader } from "../image/image_reader.ts";
import { counted } from "../pipeline/words/counted.ts";
import { formatSize } from "../pipeline/words/size.ts";
import type { BuildFacts } from "./build_log.ts";
import { type Contents, readContents } from "./contents/contents.ts";
import { Markup, markup } from "./html/markup.ts";
import { STYLE } from "./html/style.ts";
import { baseName, count, day, moment, named } from "./html/words.ts";
import { agesSection } from "./sections/ages.ts";
import { buildSection, problemsSection } from "./sections/build.ts";
import { digestsSection, type KnownDigest } from "./sections/digests.ts";
import { equalSection } from "./sections/equal.ts";
import { foldersSection } from "./sections/folders.ts";
import { mapSection } from "./sections/image_map.ts";
import { kindsSection } from "./sections/kinds.ts";
import { largestSection } from "./sections/largest.ts";
import { layersSection } from "./sections/layers.ts";
import { type Section, sectionMarkup } from "./sections/section.ts";

/** What a report holds besides what the image itself says. */
export interface ReportOptions {
  /** The build that made it. */
  readonly build?: BuildFacts | undefined;
  /** What the image is to be compared with. */
  readonly digests?: readonly KnownDigest[];
  /** Why there is none. */
  readonly noDigest?: string;
  /** What was left out of it, as it was broken or encrypted; asked for when all of it was read. */
  readonly leftOut?: () => readonly string[];
  /** How equal files are stored once, as the end of a sentence. */
  readonly dedupeAdvice?: string;
}

/**
 * The page about an image. The same image makes the same page.
 *
 * @throws CorruptImageError, EnvironmentError, as reading the image does
 */
export async function imageReport(image: ImageReader, options: ReportOptions): Promise<string> {
  const contents = await readContents(image);
  const { build, digests = [], noDigest, leftOut = () => [], dedupeAdvice } = options;
  const sections = [
    build && buildSection(build),
    build && problemsSection(build),
    leftOutSection(leftOut()),
    layersSection(image),
    foldersSection(contents),
    kindsSection(contents),
    agesSection(contents),
    largestSection(contents),
    equalSection(contents, dedupeAdvice),
    mapSection(contents),
    digestsSection(image.info, image.sizeBytes, contents.equal.verdict, digests, noDigest),
  ];
  const { format, features, madeSeconds } = image.info;
  const access = features.includes("read-only") ? "read-only " : "";
  const lead = `A ${access}${format} image of ${counted(contents.countFiles, "file")}${
    madeSeconds === 0 ? "" : `, dated ${moment(madeSeconds)}`
  }`;
  return page(baseName(image.shownName), lead, imageTiles(image, contents), sections, [
    "Read from the metadata of the image; no file was opened.",
  ]);
}

/** The page about a build whose image is not at hand: it was streamed on. */
export function buildReport(build: BuildFacts): string {
  const { name, sizeBytes, digests } = build.image;
  const known = Object.entries(digests).map(([algorithm, digest]) =>
    markup`<dt>${algorithm}</dt><dd><span class="code">${digest}</span></dd>\n`
  );
  const sections: Section[] = [buildSection(build), problemsSection(build)];
  if (known.length > 0) {
    sections.push({
      id: "digests",
      heading: "Digests",
      body: markup`<dl class="facts">${known}</dl>`,
    });
  }
  const { countFiles, countFolders, sourceBytes } = build.image.report;
  const tiles: Tile[] = [
    ["Image", formatSize(sizeBytes), "streamed on; not read again for this page"],
    ["Files", count(countFiles), `${formatSize(sourceBytes)} of contents`],
    ["Folders", count(countFolders), ""],
  ];
  const lead = `An image that was built of ${counted(countFiles, "file")}`;
  return page(name, lead, tiles, sections);
}

type Tile = readonly [label: string, value: string, about: string];

function imageTiles(image: ImageReader, contents: Contents): Tile[] {
  const { countFiles, countFolders, countOthers, countMoreNames } = contents;
  const { sizeBytes, newestSeconds, oldestSeconds, equal } = contents;
  const others = [
    countOthers > 0 &&
    `${count(countOthers)} ${countOthers === 1 ? "link or device" : "links and devices"}`,
    countMoreNames > 0 && counted(countMoreNames, "more name"),
  ].filter((each) => each !== false).join(", ");
  const overhead = image.sizeBytes - sizeBytes;
  const ratio = sizeBytes === 0 ? "" : `${(image.sizeBytes / sizeBytes).toFixed(3)} × its files`;
  return [
    ["Image", formatSize(image.sizeBytes), overhead >= 0 ? ratio : "smaller than its files: holes"],
    ["Files", count(countFiles), `${formatSize(sizeBytes)} of contents`],
    ["Folders", count(countFolders), others],
    ...(newestSeconds === undefined || oldestSeconds === undefined
      ? []
      : [["Newest change", day(newestSeconds), `oldest ${day(oldestSeconds)}`] as const]),
    ...(equal.verdict.state === "sound"
      ? [
        ["Equal files", count(equal.countCopies), `${formatSize(equal.savedBytes)} twice`] as const,
      ]
      : []),
  ];
}

function leftOutSection(leftOut: readonly string[]): Section | undefined {
  if (leftOut.length === 0) return undefined;
  return {
    id: "left-out",
    heading: "Left out of this report",
    body: markup`<p class="bad">What is broken or encrypted in the image could not be read:</p>
<ul>${leftOut.map((text) => markup`<li>${text}</li>`)}</ul>`,
  };
}

function page(
  name: string,
  lead: string,
  tiles: readonly Tile[],
  sections: readonly (Section | undefined)[],
  notes: readonly string[] = [],
): string {
  const there = sections.filter((section) => section !== undefined);
  const hash = createHash("sha256").update(STYLE).digest("base64");
  const html: Markup = markup`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${printable(name)} – icecore report</title>
<style>${new Markup(STYLE)}</style>
</head>
<body>
<header>
<p class="eyebrow">icecore report</p>
<h1>${named(name)}</h1>
<p class="lead">${lead}</p>
<nav aria-label="Parts of this page"><ul>${
    there.map(({ id, heading }) => markup`<li><a href="#${id}">${heading}</a></li>`)
  }</ul></nav>
<dl class="tiles">${
    tiles.map(([label, value, about]) =>
      markup`<div><dt>${label}</dt><dd><strong>${value}</strong><span>${about}</span></dd></div>`
    )
  }</dl>
</header>
<main>
${there.map(sectionMarkup)}</main>
<footer><p>${[...notes, "Times are in UTC."].join(" ")}</p></footer>
</body>
</html>
`;
  return html.text;
}
