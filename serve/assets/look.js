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
  facts.replaceChildren(factsList(view.facts));
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
