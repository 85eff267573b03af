/**
 * What a folder's page does more than show its first names: it scrolls through all of them, searches
 * while one types, and has a light box. Without it all links and forms work as they are.
 */

import { FolderSource } from "./folder_source.js";
import { Keys } from "./keys.js";
import { LightBox } from "./light_box.js";
import { Search } from "./search.js";
import { VirtualList } from "./virtual_list.js";

const entries = document.getElementById("entries");
if (entries !== null) start(entries);

/** @param {HTMLElement} entries */
function start(entries) {
  const { base, list, search, count, view, first } = entries.dataset;
  const folder = new FolderSource(list, Number(count));
  const shown = new VirtualList(entries, { base, view, source: folder });
  const box = new LightBox(document.getElementById("box"), base, (index) => shown.focus(index));
  new Keys(shown);
  new Search(document.getElementById("search"), search, {
    show: (source) => shown.show(source),
    restore: () => shown.show(folder),
  });
  shown.start(Number(first));

  entries.addEventListener("click", async (event) => {
    const wantsOther = event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0;
    const link = event.target.closest("a.open");
    if (link === null || wantsOther) return;
    const index = shown.indexOf(link);
    const row = shown.source.row(index);
    if (row?.shows === undefined) return;
    event.preventDefault();
    await box.open(shown.source, index);
  });
}
