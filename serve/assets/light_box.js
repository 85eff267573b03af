/** The light box: one picture, film, recording or text after the other. */

import { look } from "./look.js";

/** So many names are gone through for the next that can be shown. */
const MOST_SKIPPED = 2000;
const SWIPE_PIXELS = 40;

export class LightBox {
  #box;
  #base;
  #onClosed;
  #source;
  #index = -1;
  #abort = new AbortController();
  #parts = {};
  #touch;

  /** @param onClosed Receives the row that was shown last. */
  constructor(box, base, onClosed) {
    this.#box = box;
    this.#base = base;
    this.#onClosed = onClosed;
    for (
      const id of ["name", "place", "info", "save", "close", "stage", "facts", "previous", "next"]
    ) {
      this.#parts[id] = document.getElementById(`box-${id}`);
    }
    const { info, close, previous, next, stage } = this.#parts;
    previous.addEventListener("click", () => this.#turn(-1));
    next.addEventListener("click", () => this.#turn(1));
    close.addEventListener("click", () => this.#leave());
    info.addEventListener("click", () => this.#toggleFacts());
    box.addEventListener("cancel", (event) => {
      event.preventDefault();
      this.#leave();
    });
    box.addEventListener("keydown", (event) => this.#press(event));
    stage.addEventListener("pointerdown", (event) => this.#touch = event);
    stage.addEventListener("pointerup", (event) => this.#lift(event));
    addEventListener("popstate", () => this.#close());
  }

  /** Opens it with a row of a list. */
  async open(source, index) {
    this.#source = source;
    // The button that goes back closes it.
    history.pushState({ box: true }, "");
    this.#box.showModal();
    document.documentElement.classList.add("boxed");
    await this.#showRow(index, await source.at(index));
  }

  #leave() {
    if (history.state?.box === true) history.back();
    else this.#close();
  }

  #close() {
    if (!this.#box.open) return;
    this.#abort.abort();
    this.#parts.stage.replaceChildren();
    this.#box.close();
    document.documentElement.classList.remove("boxed");
    this.#onClosed(this.#index);
  }

  async #turn(step) {
    for (let count = 1; count <= MOST_SKIPPED; count++) {
      const index = this.#index + step * count;
      const row = await this.#source.at(index).catch(() => undefined);
      if (row === undefined) return;
      if (row.shows === undefined) continue;
      await this.#showRow(index, row);
      return;
    }
  }

  async #showRow(index, row) {
    this.#abort.abort();
    this.#abort = new AbortController();
    const { signal } = this.#abort;
    this.#index = index;
    const { name, place, save, stage, facts } = this.#parts;
    name.textContent = row.text;
    const number = (value) => value.toLocaleString("en");
    place.textContent = `${number(index + 1)} of ${number(this.#source.count)}`;
    save.href = `${this.#base}/raw/${row.path}?download`;
    facts.replaceChildren();
    try {
      await look({ base: this.#base, row, stage, facts, signal });
    } catch (error) {
      if (signal.aborted) return;
      stage.textContent = "It cannot be shown: " + error.message;
    }
  }

  #toggleFacts() {
    const { facts, info } = this.#parts;
    facts.hidden = !facts.hidden;
    info.setAttribute("aria-pressed", String(!facts.hidden));
    this.#box.classList.toggle("with-facts", !facts.hidden);
  }

  #press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    // Players have keys of their own.
    const isPlayer = event.target.closest("video, audio") !== null;
    const actions = {
      ArrowLeft: () => this.#turn(-1),
      ArrowRight: () => this.#turn(1),
      i: () => this.#toggleFacts(),
      d: () => this.#parts.save.click(),
    };
    const action = actions[event.key];
    if (action === undefined || (isPlayer && event.key.startsWith("Arrow"))) return;
    event.preventDefault();
    action();
  }

  /** A finger that went to the side. */
  #lift(event) {
    const begin = this.#touch;
    this.#touch = undefined;
    if (begin?.pointerId !== event.pointerId || event.pointerType === "mouse") return;
    const [x, y] = [event.clientX - begin.clientX, event.clientY - begin.clientY];
    if (Math.abs(x) > SWIPE_PIXELS && Math.abs(x) > 2 * Math.abs(y)) this.#turn(x < 0 ? 1 : -1);
  }
}
