/**
 * The page of a file: what it is, a look at it, and a way to have it. It needs no script.
 * @module
 */

import type { FileView } from "../contents/file_facts.ts";
import type { Version } from "../contents/versions.ts";
import { type Html, html, type HtmlPart } from "../words/html.ts";
import type { Addresses } from "./addresses.ts";
import { type Page, trailOf } from "./layout.ts";

/** What a file's page shows. */
export interface FilePageView {
  readonly addresses: Addresses;
  readonly rootName: string;
  /** In the tree. */
  readonly path: Uint8Array;
  readonly title: string;
  readonly file: FileView;
  /** The beginning of a text, and whether there is more. */
  readonly text?: { readonly beginning: string; readonly isCut: boolean };
  /** Of a file as one image of a stack has it: which, counted from the topmost. */
  readonly layer?: number;
  /** Which images of a stack have it. */
  readonly versions: readonly Version[];
  readonly foot: HtmlPart;
}

/** The page. */
export function filePage(view: FilePageView): Page {
  const { addresses, rootName, path, title, file, foot } = view;
  const query = queryOf(view);
  const main = html`<article class="file">
<h1><bdi>${title}</bdi></h1>
<p class="archives"><a class="button" href="${
    addresses.of("raw", path, { ...query, download: "" })
  }" download>Download</a>${
    file.shows === "nothing" ? "" : html`
      <a class="button" href="${addresses.of(
        file.from === "preview" ? "preview" : "raw",
        path,
        query,
      )}">Open alone</a>
    `
  }</p>
${lookHtml(view)}
<dl>${
    file.facts.map(([label, text]) =>
      html`
        <dt>${label}</dt>
        <dd><bdi>${text}</bdi></dd>
      `
    )
  }</dl>
${versionsHtml(view)}
</article>`;
  return { title, trail: trailOf(addresses, rootName, path), main, foot };
}

function queryOf({ layer }: Pick<FilePageView, "layer">): { readonly layer?: string } {
  return layer === undefined ? {} : { layer: String(layer) };
}

function versionsHtml({ addresses, path, versions, layer: shown }: FilePageView): HtmlPart {
  if (versions.length === 0) return undefined;
  const newest = versions.find(({ isFile }) => isFile)?.layer;
  return html`
    <section class="versions">
      <h2>Versions</h2>
      <ul>${versions.map(({ layer, image, made, text, isFile }) => {
        const query = { layer: String(layer) };
        const isShown = layer === (shown ?? newest);
        return html`
          <li aria-current="${String(
            isShown,
          )}"><bdi>${image}</bdi>, made ${made}: ${text}${isFile && html`
            <span><a href="${addresses.of(
              "look",
              path,
              query,
            )}" aria-label="Look at the version in ${image}">Look</a>
            <a href="${addresses.of("raw", path, {
              ...query,
              download: "",
            })}" download aria-label="Download the version in ${image}">Download</a></span>
          `}</li>
        `;
      })}</ul>
    </section>
  `;
}

function lookHtml(view: FilePageView): Html {
  const { addresses, path, title, file, text } = view;
  const src = addresses.of(file.from === "preview" ? "preview" : "raw", path, queryOf(view));
  switch (file.shows) {
    case "picture":
      return html`<p class="look"><img src="${src}" alt="${title}"></p>`;
    case "video":
      return html`
        <p class="look">
          <video src="${src}" controls preload="metadata"></video>
        </p>
      `;
    case "audio":
      return html`
        <p class="look">
          <audio src="${src}" controls preload="metadata"></audio>
        </p>
      `;
    case "text":
      return html`<pre class="look" tabindex="0" aria-label="Contents">${text?.beginning}</pre>
${text?.isCut === true ? html`<p class="more">There is more: download it.</p>` : ""}`;
    case "nothing":
      return html`<p class="look nothing">${file.why}</p>`;
  }
}
