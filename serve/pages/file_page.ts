/**
 * The page of a file: what it is, a look at it, and a way to have it. It needs no script.
 * @module
 */

import type { FileView } from "../contents/file_facts.ts";
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
  readonly foot: HtmlPart;
}

/** The page. */
export function filePage(view: FilePageView): Page {
  const { addresses, rootName, path, title, file, foot } = view;
  const main = html`<article class="file">
<h1><bdi>${title}</bdi></h1>
<p class="archives"><a class="button" href="${
    addresses.of("raw", path, { download: "" })
  }" download>Download</a>${
    file.shows === "nothing" ? "" : html`
      <a class="button" href="${addresses.of(
        file.from === "preview" ? "preview" : "raw",
        path,
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
</article>`;
  return { title, trail: trailOf(addresses, rootName, path), main, foot };
}

function lookHtml({ addresses, path, title, file, text }: FilePageView): Html {
  const src = addresses.of(file.from === "preview" ? "preview" : "raw", path);
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
