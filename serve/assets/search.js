/** Searching while one types: hits are shown as they come, and what nobody waits for is given up. */

const PAUSE_MS = 80;

export class Search {
  #field;
  #address;
  #timer;
  #abort = new AbortController();
  #show;
  #restore;
  #status = document.getElementById("status");

  constructor(field, address, { show, restore }) {
    this.#field = field;
    this.#address = address;
    this.#show = show;
    this.#restore = restore;
    // Without words the server gets ready, so that the first ones are found at once.
    field.addEventListener("focus", () => fetch(address).catch(() => {}), { once: true });
    field.addEventListener("input", () => this.#soon());
    field.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || field.value === "") return;
      event.preventDefault();
      field.value = "";
      this.#soon();
    });
    field.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#now();
    });
  }

  #soon() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#now(), PAUSE_MS);
  }

  async #now() {
    clearTimeout(this.#timer);
    this.#abort.abort();
    this.#abort = new AbortController();
    const { signal } = this.#abort;
    const query = this.#field.value.trim();
    document.documentElement.classList.toggle("searching", query !== "");
    if (query === "") {
      this.#status.textContent = "";
      this.#restore();
      return;
    }
    const hits = new Hits();
    this.#status.textContent = "Searching …";
    scrollTo({ top: 0 });
    this.#show(hits);
    try {
      const answer = await fetch(`${this.#address}?q=${encodeURIComponent(query)}`, { signal });
      if (!answer.ok) throw new Error(`${answer.status}`);
      for await (const line of linesOf(answer.body)) {
        const { isCut, ...row } = JSON.parse(line);
        if (isCut === undefined) hits.add(row);
        else this.#status.textContent = summary(hits.count, isCut);
      }
    } catch {
      if (!signal.aborted) this.#status.textContent = "The search failed: try again.";
    }
  }
}

function summary(count, isCut) {
  if (count === 0) return "Nothing has all of these words in its name.";
  const hits = `${count.toLocaleString("en")} hit${count === 1 ? "" : "s"}`;
  return isCut ? `The first ${hits}; add a word to have fewer.` : `${hits}.`;
}

/** What was found so far, as a list that grows. */
class Hits {
  #rows = [];
  onRows = () => {};

  add(row) {
    this.#rows.push(row);
    this.onRows();
  }

  get count() {
    return this.#rows.length;
  }

  row(index) {
    return this.#rows[index];
  }

  at(index) {
    return Promise.resolve(this.#rows[index]);
  }

  want() {}
}

async function* linesOf(body) {
  let rest = "";
  for await (const text of body.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop();
    yield* lines;
  }
  if (rest !== "") yield rest;
}
