/** Puts a file on the stage: what it is asked of the server first, which knows what can be shown. */

const TEXT_BYTES = 256 * 1024;

/** Shows a row. Whatever was being loaded is given up when `signal` is aborted. */
export async function look({ base, row, stage, facts, signal }) {
  const waiting = row.shows === "picture" ? [small(base, row)] : [];
  stage.replaceChildren(...waiting);
  stage.setAttribute("aria-busy", "true");
  const answer = await fetch(`${base}/info/${row.path}`, { signal });
  if (!answer.ok) throw new Error("the server could not read it.");
  const view = await answer.json();
  if (signal.aborted) return;
  facts.replaceChildren(factsList(view.facts), ...versionsList(base, row.path, view.versions));
  const src = `${base}/${view.from === "preview" ? "preview" : "raw"}/${row.path}`;
  switch (view.shows) {
    case "picture":
      await showPicture(stage, src, row.text, signal);
      break;
    case "video":
    case "audio":
      showPlayer(stage, view.shows, src, row.text);
      break;
    case "text":
      await showText(stage, src, row.text, view.sizeBytes, signal);
      break;
    default:
      stage.replaceChildren(paragraph(view.why ?? ""));
  }
  stage.removeAttribute("aria-busy");
}

/** Stands in for a picture until that has come. */
function small(base, row) {
  const image = new Image();
  image.alt = "";
  image.className = "small";
  image.addEventListener("error", () => image.remove());
  image.src = `${base}/thumb/${row.path}`;
  return image;
}

async function showPicture(stage, src, text, signal) {
  const image = new Image();
  image.alt = text;
  image.draggable = false;
  signal.addEventListener("abort", () => image.removeAttribute("src"));
  image.src = src;
  try {
    await image.decode();
  } catch {
    if (signal.aborted) return;
    stage.replaceChildren(paragraph("This picture is damaged, or too large for this browser."));
    return;
  }
  if (!signal.aborted) stage.replaceChildren(image);
}

function showPlayer(stage, kind, src, text) {
  const player = document.createElement(kind);
  player.controls = true;
  player.preload = "metadata";
  player.setAttribute("aria-label", text);
  player.src = src;
  stage.replaceChildren(player);
}

async function showText(stage, src, text, sizeBytes, signal) {
  const range = `bytes=0-${TEXT_BYTES - 1}`;
  // An empty file has no first byte.
  const contents = sizeBytes === 0
    ? ""
    : await (await fetch(src, { signal, headers: { range } })).text();
  if (signal.aborted) return;
  const box = document.createElement("pre");
  box.tabIndex = 0;
  box.setAttribute("aria-label", text);
  box.textContent = contents;
  stage.replaceChildren(box);
  if (sizeBytes > TEXT_BYTES) stage.append(paragraph("There is more: download it."));
}

function paragraph(text) {
  const element = document.createElement("p");
  element.textContent = text;
  return element;
}

function factsList(facts) {
  const list = document.createElement("dl");
  for (const [label, text] of facts) {
    const [term, description] = ["dt", "dd"].map((tag) => document.createElement(tag));
    term.textContent = label;
    const bdi = document.createElement("bdi");
    bdi.textContent = text;
    description.append(bdi);
    list.append(term, description);
  }
  return list;
}

/** Of a file in a stack of images: which has which, each to be looked at and downloaded. */
function versionsList(base, path, versions) {
  if (versions.length === 0) return [];
  const section = document.createElement("section");
  section.className = "versions";
  const title = document.createElement("h2");
  title.textContent = "Versions";
  const list = document.createElement("ul");
  const newest = versions.find(({ isFile }) => isFile);
  for (const version of versions) {
    const { layer, image, made, text, isFile } = version;
    const item = document.createElement("li");
    if (version === newest) item.setAttribute("aria-current", "true");
    const name = document.createElement("bdi");
    name.textContent = image;
    item.append(name, `, made ${made}: ${text}`);
    if (isFile) {
      const save = link(`${base}/raw/${path}?layer=${layer}&download`, "Download", image);
      save.download = "";
      const links = document.createElement("span");
      links.append(link(`${base}/look/${path}?layer=${layer}`, "Look", image), " ", save);
      item.append(links);
    }
    list.append(item);
  }
  section.append(title, list);
  return [section];
}

function link(href, text, image) {
  const element = document.createElement("a");
  element.href = href;
  element.textContent = text;
  element.setAttribute(
    "aria-label",
    `${text === "Look" ? "Look at" : text} the version in ${image}`,
  );
  return element;
}
