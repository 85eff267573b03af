/**
 * A page that says why there is nothing else.
 * @module
 */

import { html } from "../words/html.ts";
import type { Addresses } from "./addresses.ts";
import { pageResponse } from "./layout.ts";

/** What went wrong, as an answer. */
export function messageResponse(
  addresses: Addresses,
  status: number,
  title: string,
  message: string,
): Response {
  const home = addresses.of("browse", new Uint8Array());
  return pageResponse(addresses, {
    title,
    trail: undefined,
    main: html`
      <article class="file">
        <h1>${title}</h1>
        <p>${message}</p>
        <p><a class="button" href="${home}">To the first folder</a></p>
      </article>
    `,
  }, status);
}
