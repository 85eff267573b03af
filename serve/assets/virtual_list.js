/**
 * A list of any length, of which only what is in sight, and a little around it, is in the page.
 */

import { emptyEntry, fillEntry } from "./entry.js";

/** Browsers have no higher elements; what would be is scrolled through in larger steps. */
const MOST_PIXELS = 8e6;
/** Lines above and below what is in sight. */
const AROUND = 4;

export class VirtualList {
  #list;
  #base;
  #view;
  /** Items in the page by index. */
  #items = new Map();
  #isDue = false;
  #columns = 1;
  #lineHeight = 44;
  #tileWidth = 0;
  #hasStarted = false;
  #wanted;

  constructor(list, { base, view, source }) {
    this.#list = list;
    this.#base = base;
    this.#view = view;
    this.source = source;
  }

  /** Takes over from what the server has put there, when the first rows have come. */
  async start(first) {
    await this.source.at(first).catch(() => {});
    this.#hasStarted = true;
    this.#list.classList.add("virtual");
    this.#list.replaceChildren();
    document.documentElement.classList.add("scripted");
    const draw = () => this.#draw();
    addEventListener("scroll", draw, { passive: true });
    new ResizeObserver(() => {
      this.#measure();
      this.#render();
    }).observe(this.#list.parentElement);
    this.show(this.source);
    if (first > 0) this.reveal(first);
  }

  /** Shows something else. */
  show(source) {
    this.source.onRows = () => {};
    this.source = source;
    source.onRows = () => this.#draw();
    for (const item of this.#items.values()) this.#drop(item);
    this.#items.clear();
    if (!this.#hasStarted) return;
    this.#measure();
    this.#render();
  }

  get columns() {
    return this.#columns;
  }

  /** Lines that are in sight. */
  get linesInSight() {
    return Math.max(1, Math.floor(innerHeight / this.#lineHeight) - 1);
  }

  /** Which row something in the page belongs to. */
  indexOf(element) {
    return Number(element?.closest("li")?.dataset.index ?? -1);
  }

  /** The row that has the focus; -1 where it is elsewhere. */
  get focused() {
    return this.#list.contains(document.activeElement) ? this.indexOf(document.activeElement) : -1;
  }

  /** Scrolls to a row, and gives it the focus. */
  async focus(index) {
    if (index < 0 || index >= this.source.count) return;
    this.#wanted = index;
    this.reveal(index);
    await this.source.at(index).catch(() => {});
    if (this.#wanted !== index) return;
    this.#render();
    this.#items.get(index)?.querySelector(".open")?.focus({ preventScroll: true });
  }

  /** Scrolls so far that a row is in sight. */
  reveal(index) {
    const line = Math.floor(index / this.#columns);
    const top = this.#list.getBoundingClientRect().top + scrollY;
    const bar = document.querySelector(".bar")?.offsetHeight ?? 0;
    const y = top + this.#topOf(line);
    const [from, to] = [scrollY + bar, scrollY + innerHeight];
    if (y < from) scrollTo({ top: y - bar });
    else if (y + this.#lineHeight > to) scrollTo({ top: y + this.#lineHeight - innerHeight });
    this.#render();
  }

  get #lines() {
    return Math.ceil(this.source.count / this.#columns);
  }

  get #isScaled() {
    return this.#lines * this.#lineHeight > MOST_PIXELS;
  }

  #topOf(line) {
    if (!this.#isScaled) return line * this.#lineHeight;
    return line / this.#lines * (MOST_PIXELS - innerHeight);
  }

  #measure() {
    const style = getComputedStyle(this.#list);
    const number = (name) => parseFloat(style.getPropertyValue(name));
    const width = this.#list.clientWidth;
    if (this.#view === "grid") {
      const tile = number("--tile");
      this.#columns = Math.max(2, Math.floor(width / tile));
      this.#tileWidth = width / this.#columns;
      this.#lineHeight = Math.round(this.#tileWidth + number("--caption"));
    } else {
      this.#columns = 1;
      this.#tileWidth = width;
      this.#lineHeight = number("--row");
    }
    const height = Math.min(this.#lines * this.#lineHeight, MOST_PIXELS);
    this.#list.style.height = `${height}px`;
    for (const [index, item] of this.#items) item.style.cssText = this.#place(index, undefined);
  }

  #draw() {
    if (this.#isDue) return;
    this.#isDue = true;
    requestAnimationFrame(() => {
      this.#isDue = false;
      this.#render();
    });
  }

  #render() {
    if (!this.#hasStarted) return;
    const y = Math.max(0, -this.#list.getBoundingClientRect().top);
    const countInSight = innerHeight / this.#lineHeight;
    let exact = y / this.#lineHeight;
    if (this.#isScaled) exact = y / (MOST_PIXELS - innerHeight) * (this.#lines - countInSight);
    const firstLine = Math.max(0, Math.floor(exact) - AROUND);
    const lastLine = Math.min(this.#lines, Math.ceil(exact + countInSight) + AROUND);
    const from = firstLine * this.#columns;
    const to = Math.min(this.source.count, lastLine * this.#columns);
    this.source.want(from, to);
    const active = this.focused;
    for (const [index, item] of this.#items) {
      if ((index >= from && index < to) || index === active) continue;
      this.#drop(item);
      this.#items.delete(index);
    }
    const shift = this.#isScaled ? y - exact * this.#lineHeight : 0;
    for (let index = from; index < to; index++) this.#renderItem(index, shift);
    const height = Math.min(this.#lines * this.#lineHeight, MOST_PIXELS);
    this.#list.style.height = `${height}px`;
  }

  #renderItem(index, shift) {
    let item = this.#items.get(index);
    if (item === undefined) {
      item = document.createElement("li");
      item.dataset.index = index;
      item.setAttribute("aria-setsize", this.source.count);
      item.setAttribute("aria-posinset", index + 1);
      item.className = "waiting";
      this.#items.set(index, item);
      this.#list.insertBefore(item, this.#itemBehind(index));
      item.style.cssText = this.#place(index, shift);
    } else if (this.#isScaled) item.style.cssText = this.#place(index, shift);
    if (item.className !== "waiting") return;
    const row = this.source.row(index);
    if (row === undefined) return;
    fillEntry(item, this.#base, row, this.#view);
    item.className = "";
  }

  /** The order in the page is the order of the names, for whoever goes from link to link. */
  #itemBehind(index) {
    const next = this.#items.get(index + 1);
    if (next !== undefined) return next;
    for (const item of this.#list.children) if (Number(item.dataset.index) > index) return item;
    return null;
  }

  #place(index, shift = 0) {
    const line = Math.floor(index / this.#columns);
    const x = (index % this.#columns) * this.#tileWidth;
    return `transform: translate(${x}px, ${line * this.#lineHeight + shift}px); ` +
      `width: ${this.#tileWidth}px; height: ${this.#lineHeight}px`;
  }

  #drop(item) {
    emptyEntry(item);
    item.remove();
  }
}
