/**
 * The light box: closed, until the page's script has something to show in it.
 * @module
 */

import { html } from "../words/html.ts";

/** Its markup. */
export const lightBox = html`
  <dialog id="box" aria-labelledby="box-name">
    <div class="box-bar">
      <p id="box-name" class="box-name"></p>
      <p id="box-place" class="box-place"></p>
      <button id="box-info" type="button" aria-pressed="false" aria-label="Facts"
        title="Facts (i)"></button>
      <a id="box-save" href="" download aria-label="Download" title="Download (d)"></a>
      <button id="box-close" type="button" aria-label="Close" title="Close (Esc)"></button>
    </div>
    <div id="box-stage" class="box-stage" aria-live="polite"></div>
    <aside id="box-facts" class="box-facts" aria-label="Facts" tabindex="0" hidden></aside>
    <button id="box-previous" class="box-turn" type="button" aria-label="Previous"
      title="Previous (←)"></button>
    <button id="box-next" class="box-turn" type="button" aria-label="Next" title="Next (→)"></button>
  </dialog>
`;
