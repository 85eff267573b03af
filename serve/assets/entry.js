/** A row of a list, or a tile of a grid: the same that the server makes (`entry_html.ts`). */

/** Names come as text, and are put in as such: none of them can become markup. */
export function fillEntry(item, base, row, view) {
  const isFile = row.size !== "";
  const open = document.createElement(row.icon === "special" ? "span" : "a");
  open.className = "open";
  if (row.icon !== "special") open.href = `${base}/${isFile ? "look" : "browse"}/${row.path}`;
  open.append(make("span", `icon ${row.icon}`, { "aria-hidden": "true" }));
  if (view === "grid" && row.shows === "picture") open.append(thumbnail(base, row));
  const name = make("span", "name");
  name.append(bdi(row.text));
  if (row.folder !== undefined) {
    const folder = make("span", "folder");
    folder.append(bdi(row.folder));
    name.append(folder);
  }
  const size = make("span", "size");
  size.textContent = row.size;
  const time = make("time", "", { datetime: row.datetime });
  time.textContent = row.time;
  open.append(name, size, time);
  item.replaceChildren(open);
  if (!isFile) return;
  const save = make("a", "save", { download: "", "aria-label": `Download ${row.text}` });
  save.href = `${base}/raw/${row.path}?download`;
  item.append(save);
}

/** What it was loading is loaded no longer. */
export function emptyEntry(item) {
  for (const image of item.querySelectorAll("img")) image.removeAttribute("src");
}

function thumbnail(base, row) {
  const image = make("img", "thumb", { alt: "", decoding: "async" });
  // Without a small picture in it there is nothing to show but the icon below.
  image.addEventListener("error", () => image.remove());
  image.src = `${base}/thumb/${row.path}`;
  return image;
}

function bdi(text) {
  const element = document.createElement("bdi");
  element.textContent = text;
  return element;
}

function make(tag, className, attributes = {}) {
  const element = document.createElement(tag);
  if (className !== "") element.className = className;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}
