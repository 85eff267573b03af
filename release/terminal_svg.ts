/**
 * What happened on a terminal, as an animated SVG. Without animation its last screen is shown.
 * @module
 */

/** Something that happened: a line was typed, or lines were printed. */
export type Moment =
  | { readonly seconds: number; readonly typed: string; readonly typingSeconds: number }
  | { readonly seconds: number; readonly printed: readonly string[] };

/** The terminal. */
export interface Screen {
  readonly columns: number;
  readonly rows: number;
  /** How long it all takes; then it begins anew. */
  readonly seconds: number;
}

const CELL = 8.4;
const LINE = 19;
const EDGE = 14;
const PROMPT = "$ ";

/** The picture. It holds no script, so that it is animated where a page shows it as an image. */
export function terminalSvg(moments: readonly Moment[], screen: Screen): string {
  const rows = moments.flatMap((moment) =>
    "typed" in moment
      ? [{ text: PROMPT + moment.typed, seconds: moment.seconds, isTyped: true }]
      : moment.printed.flatMap((line) => folded(line, screen.columns)).map((text) => ({
        text,
        seconds: moment.seconds,
        isTyped: false,
      }))
  );
  const width = Math.ceil(screen.columns * CELL + 2 * EDGE);
  const height = screen.rows * LINE + 2 * EDGE;
  const whole = screen.seconds + 4;
  const percent = (seconds: number) => `${(seconds / whole * 100).toFixed(2)}%`;
  // A row that would be below the screen pushes all up.
  const lifts = rows.map(({ seconds }, i) => ({
    seconds,
    lift: Math.max(0, i + 1 - screen.rows) * LINE,
  }));
  const last = lifts.at(-1)?.lift ?? 0;
  const frames = lifts.map(({ seconds, lift }) =>
    `${percent(seconds)}{transform:translateY(${-lift}px)}`
  );
  const text = rows.map(({ text, seconds, isTyped }, i) => {
    const y = EDGE + (i + 1) * LINE - 5;
    return `<text x="${EDGE}" y="${y}"${isTyped ? ' class="typed"' : ""} ` +
      `style="animation-name:r${i}" xml:space="preserve">${escaped(text)}</text>` +
      `<style>@keyframes r${i}{0%,${percent(Math.max(0, seconds - 0.01))}{opacity:0}` +
      `${percent(seconds)},100%{opacity:1}}</style>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="A session with icecore on a terminal">
<style>
svg{font:14px ui-monospace,"DejaVu Sans Mono",monospace}
text{fill:#dfe7ee;animation-duration:${
    whole.toFixed(1)
  }s;animation-iteration-count:infinite;animation-timing-function:steps(1,end)}
.typed{fill:#7fd4ff;font-weight:bold}
#rows{animation:lift ${whole.toFixed(1)}s steps(1,end) infinite;transform:translateY(${-last}px)}
@keyframes lift{0%{transform:none}${frames.join("")}100%{transform:translateY(${-last}px)}}
@media (prefers-reduced-motion:reduce){text,#rows{animation:none}}
</style>
<clipPath id="screen"><rect x="0" y="${EDGE - 4}" width="${width}" height="${
    height - 2 * EDGE + 8
  }"/></clipPath>
<rect width="${width}" height="${height}" rx="8" fill="#10202e"/>
<g clip-path="url(#screen)"><g id="rows">
${text.join("\n")}
</g></g>
</svg>
`;
}

/** A line as a terminal breaks it. */
function folded(line: string, columns: number): string[] {
  const plain = [...withoutColour(line)];
  if (plain.length === 0) return [""];
  const parts: string[] = [];
  for (let at = 0; at < plain.length; at += columns) {
    parts.push(plain.slice(at, at + columns).join(""));
  }
  return parts;
}

function withoutColour(text: string): string {
  // deno-lint-ignore no-control-regex -- what a terminal takes for commands
  return text.replace(/\x1b\[[0-9;?]*[A-Za-z]/g, "");
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
