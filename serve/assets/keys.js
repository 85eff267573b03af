/** The keys that move from name to name, and to the search. */

export class Keys {
  #list;

  constructor(list) {
    this.#list = list;
    addEventListener("keydown", (event) => this.#press(event));
  }

  #press(event) {
    const isTyping = event.target.closest("input, textarea, dialog") !== null;
    const isChord = event.ctrlKey || event.metaKey || event.altKey;
    if (event.defaultPrevented || isChord) return;
    if (isTyping && !(event.key === "ArrowDown" && event.target.id === "search")) return;
    if (event.key === "/") {
      event.preventDefault();
      document.getElementById("search")?.focus();
      return;
    }
    if (event.key === "Backspace") {
      document.querySelector(".trail li:nth-last-child(2) a")?.click();
      return;
    }
    const index = this.#target(event.key);
    if (index === undefined) return;
    event.preventDefault();
    this.#list.focus(index);
  }

  /** Where a key leads; `undefined` for keys that lead nowhere. */
  #target(key) {
    const { focused, columns, linesInSight, source: { count } } = this.#list;
    const last = count - 1;
    const within = (index) => Math.min(last, Math.max(0, index));
    if (last < 0) return undefined;
    if (focused < 0) return key === "ArrowDown" ? 0 : undefined;
    switch (key) {
      case "ArrowDown":
        return within(focused + columns);
      case "ArrowUp":
        return within(focused - columns);
      case "ArrowRight":
        return columns > 1 ? within(focused + 1) : undefined;
      case "ArrowLeft":
        return columns > 1 ? within(focused - 1) : undefined;
      case "PageDown":
        return within(focused + columns * linesInSight);
      case "PageUp":
        return within(focused - columns * linesInSight);
      case "Home":
        return 0;
      case "End":
        return last;
      default:
        return undefined;
    }
  }
}
