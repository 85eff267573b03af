/**
 * The names of a folder, fetched a window at a time: those that somebody looks at, and no longer
 * than somebody does.
 */

const PAGE_ROWS = 200;
const MOST_PAGES = 50;

export class FolderSource {
  #address;
  /** Rows by page; the page used last stands at the end. */
  #pages = new Map();
  /** Requests under way by page. */
  #loading = new Map();

  /** Called when rows have come. */
  onRows = () => {};

  constructor(address, count) {
    this.#address = address;
    this.count = count;
  }

  /** A row, where it is there. */
  row(index) {
    return this.#pages.get(Math.floor(index / PAGE_ROWS))?.[index % PAGE_ROWS];
  }

  /** A row, fetched where it is not there yet. */
  async at(index) {
    if (index < 0 || index >= this.count) return undefined;
    await this.#load(Math.floor(index / PAGE_ROWS));
    return this.row(index);
  }

  /** Fetches what is looked at, and nothing else any more. */
  want(from, to) {
    const first = Math.floor(from / PAGE_ROWS);
    const last = Math.floor(Math.max(from, to - 1) / PAGE_ROWS);
    for (const [page, { abort }] of this.#loading) {
      if (page < first - 1 || page > last + 1) abort.abort();
    }
    for (let page = first; page <= last; page++) this.#load(page).catch(() => {});
  }

  #load(page) {
    if (this.#pages.has(page)) {
      const rows = this.#pages.get(page);
      this.#pages.delete(page);
      this.#pages.set(page, rows);
      return Promise.resolve();
    }
    const known = this.#loading.get(page);
    if (known !== undefined && !known.abort.signal.aborted) return known.done;
    const abort = new AbortController();
    const done = this.#fetch(page, abort.signal).finally(() => {
      if (this.#loading.get(page)?.abort === abort) this.#loading.delete(page);
    });
    this.#loading.set(page, { abort, done });
    return done;
  }

  async #fetch(page, signal) {
    const from = page * PAGE_ROWS;
    const answer = await fetch(`${this.#address}&from=${from}&to=${from + PAGE_ROWS}`, { signal });
    if (!answer.ok) throw new Error(`${answer.status}`);
    const { rows } = await answer.json();
    this.#pages.set(page, rows);
    for (const old of this.#pages.keys()) {
      if (this.#pages.size <= MOST_PAGES) break;
      this.#pages.delete(old);
    }
    this.onRows();
  }
}
