/**
 * What all pages have around them.
 * @module
 */

import { printable } from "icecore/plugin";
import { pageHeaders } from "../access/safe_headers.ts";
import { namesOf, pathBelow } from "../tree/url_path.ts";
import { type Html, html, type HtmlPart } from "../words/html.ts";
import type { Addresses } from "./addresses.ts";

/** A page. */
export interface Page {
  readonly title: string;
  /** Where it is, from the root on; `undefined` where that is nowhere. */
  readonly trail: Html | undefined;
  /** What stands at the right of the trail. */
  readonly tools?: HtmlPart;
  readonly main: Html;
  readonly foot?: HtmlPart;
}

/** The page as an answer. */
export function pageResponse(addresses: Addresses, page: Page, status = 200): Response {
  return new Response(`<!DOCTYPE html>\n${pageHtml(addresses, page).text}`, {
    status,
    headers: { ...pageHeaders, "content-type": "text/html; charset=utf-8" },
  });
}

function pageHtml(addresses: Addresses, { title, trail, tools, main, foot }: Page): Html {
  return html`
    <html lang="en">
      <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <meta name="referrer" content="no-referrer">
        <title>${title}</title>
        <link rel="icon" type="image/svg+xml" href="${addresses.asset("icon.svg")}">
        <link rel="stylesheet" href="${addresses.asset("style.css")}">
        <script type="module" src="${addresses.asset("page.js")}"></script>
      </head>
      <body>
        <a class="skip" href="#main">Skip to the contents</a>
        <header class="bar">
    <nav class="trail" aria-label="Folders">${trail}</nav>
    ${tools}
        </header>
        <main id="main" tabindex="-1">
    ${main}
        </main>
        <footer>${foot}</footer>
      </body>
    </html>
  `;
}

/** Links to all folders on the way to a path; the last is where one is. */
export function trailOf(addresses: Addresses, rootName: string, path: Uint8Array): Html {
  const names = namesOf(path);
  const steps = [
    { text: rootName, path: new Uint8Array() as Uint8Array },
    ...names.map((name, i) => ({
      text: printable(name),
      path: names.slice(0, i + 1).reduce(pathBelow, new Uint8Array()),
    })),
  ];
  return html`<ol>${
    steps.map(({ text, path }, i) => {
      const isLast = i === steps.length - 1;
      return html`<li><a href="${addresses.of("browse", path)}"${
        isLast
          ? html`
            aria-current="page"
          `
          : ""
      }><bdi>${text}</bdi></a></li>`;
    })
  }</ol>`;
}

/** A form that searches below a folder. */
export function searchForm(address: string, query: string): Html {
  return html`
    <form class="search" role="search" action="${address}">
      <label class="hidden" for="search">Search the names in this folder and below</label>
      <input id="search" type="search" name="search" value="${query}" placeholder="Search names"
        autocomplete="off" spellcheck="false" enterkeyhint="search">
    </form>
  `;
}
