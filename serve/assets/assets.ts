/**
 * Scripts, styles and the icon of the pages. They are imported as text, so that an executable has
 * them in it.
 * @module
 */

import entry from "./entry.js" with { type: "text" };
import folderSource from "./folder_source.js" with { type: "text" };
import icon from "./icon.svg" with { type: "text" };
import keys from "./keys.js" with { type: "text" };
import lightBox from "./light_box.js" with { type: "text" };
import look from "./look.js" with { type: "text" };
import page from "./page.js" with { type: "text" };
import search from "./search.js" with { type: "text" };
import style from "./style.css" with { type: "text" };
import virtualList from "./virtual_list.js" with { type: "text" };

/** A file that pages refer to. */
export interface Asset {
  readonly type: string;
  readonly text: string;
}

const script = (text: unknown): Asset => ({
  type: "text/javascript; charset=utf-8",
  text: String(text),
});

/** By name. */
export const assets: ReadonlyMap<string, Asset> = new Map([
  ["style.css", { type: "text/css; charset=utf-8", text: String(style) }],
  ["icon.svg", { type: "image/svg+xml", text: String(icon) }],
  ["page.js", script(page)],
  ["entry.js", script(entry)],
  ["folder_source.js", script(folderSource)],
  ["keys.js", script(keys)],
  ["light_box.js", script(lightBox)],
  ["look.js", script(look)],
  ["search.js", script(search)],
  ["virtual_list.js", script(virtualList)],
]);
