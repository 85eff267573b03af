/**
 * How the page looks: by day and by night, on a phone and on paper.
 * @module
 */

/** The one style sheet of the page. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --page: #f6f7f9; --card: #ffffff; --text: #14181d; --soft: #535c68; --line: #dfe3e8;
  --head: #e9edf2; --accent: #0b62b8; --ink: #0d1117; --free: #e4e8ed;
  --k0: #3f90d6; --k1: #8f80ec; --k2: #db6aa6; --k3: #d97f35; --k4: #b39424; --k5: #379c6b;
  --k6: #2f9fa5; --k7: #8b95a1; --alarm: #d9534f; --bad: #a4262c; --good: #1b6b3a;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #0d1117; --card: #161b22; --text: #e8ecf1; --soft: #9fa9b5; --line: #2b323b;
    --head: #222932; --accent: #6cb2ff; --free: #2b323b;
    --k0: #4d9de0; --k1: #9a8cf0; --k2: #e57fb5; --k3: #e8924a; --k4: #c4a032; --k5: #45b07c;
    --k6: #3fb0b5; --k7: #97a1ad; --alarm: #e2716d; --bad: #ff9a94; --good: #7fd6a0;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body {
  margin: 0; background: var(--page); color: var(--text);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
}
header, main, footer { max-width: 68rem; margin: 0 auto; padding: 0 1.25rem; }
header { padding-top: 2.25rem; }
.eyebrow { margin: 0; color: var(--soft); font-size: .85rem; letter-spacing: .02em; }
h1 { margin: .1rem 0 .3rem; font-size: clamp(1.6rem, 5vw, 2.4rem); line-height: 1.15;
  overflow-wrap: anywhere; letter-spacing: -.015em; }
h2 { margin: 0 0 .25rem; font-size: 1.2rem; letter-spacing: -.005em; }
h3 { margin: 1.25rem 0 .35rem; font-size: 1rem; }
p { margin: .25rem 0 .75rem; max-width: 46rem; }
a { color: var(--accent); text-underline-offset: .15em; }
a:focus-visible, summary:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px;
  border-radius: 3px; }
.soft { color: var(--soft); }
.lead { margin: 0; color: var(--soft); overflow-wrap: anywhere; }
nav ul { display: flex; flex-wrap: wrap; gap: .35rem 1.1rem; list-style: none; padding: 0;
  margin: 1rem 0 0; font-size: .92rem; }
nav a { display: inline-block; padding: .15rem 0; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(10.5rem, 1fr)); gap: .75rem;
  margin: 1.25rem 0 0; }
.tiles div { background: var(--card); border: 1px solid var(--line); border-radius: .75rem;
  padding: .8rem 1rem; }
.tiles dt { color: var(--soft); font-size: .82rem; }
.tiles dd { margin: .1rem 0 0; }
.tiles strong { display: block; font-size: 1.35rem; font-weight: 650; line-height: 1.25;
  letter-spacing: -.01em; font-variant-numeric: tabular-nums; }
.tiles dd span { color: var(--soft); font-size: .85rem; }
section { background: var(--card); border: 1px solid var(--line); border-radius: .9rem;
  margin: 1.25rem 0; padding: 1.25rem 1.35rem; scroll-margin-top: 1rem; }
section > p:last-child { margin-bottom: 0; }
svg { display: block; width: 100%; }
svg text { font-family: inherit; }
.k0 { fill: var(--k0); } .k1 { fill: var(--k1); } .k2 { fill: var(--k2); } .k3 { fill: var(--k3); }
.k4 { fill: var(--k4); } .k5 { fill: var(--k5); } .k6 { fill: var(--k6); } .k7 { fill: var(--k7); }
.p-superblock, .p-superblock-copy { fill: var(--alarm); } .p-bitmaps { fill: var(--k3); }
.p-inodes { fill: var(--k1); } .p-journal { fill: var(--k7); } .p-folders { fill: var(--k5); }
.p-files { fill: var(--k0); } .p-record { fill: var(--k2); } .p-maps { fill: var(--k6); }
.p-free { fill: var(--free); } .track { fill: var(--free); }
.treemap { margin: .75rem 0; border-radius: .5rem; overflow: hidden; }
.treemap .narrow, .treemap .medium { display: none; }
.treemap rect { stroke: var(--card); stroke-width: 1; }
.treemap .folder > rect { fill: var(--head); }
.treemap .folder > text { fill: var(--text); font-size: 11.5px; font-weight: 600; }
.treemap .leaf text { fill: var(--ink); font-size: 11px; }
.treemap .leaf .big { font-size: 12px; font-weight: 600; }
.treemap .leaf:hover rect { stroke: var(--text); stroke-width: 2; }
@media (max-width: 30rem) {
  .tiles { grid-template-columns: 1fr 1fr; } .tiles strong { font-size: 1.1rem; }
  section { padding: 1.1rem 1rem; } header, main, footer { padding-left: .8rem;
    padding-right: .8rem; }
}
@media (max-width: 58rem) { .treemap .wide { display: none; } .treemap .medium { display: block; } }
@media (max-width: 38rem) { .treemap .medium { display: none; } .treemap .narrow { display: block; } }
.legend { display: flex; flex-wrap: wrap; gap: .3rem 1rem; list-style: none; margin: .5rem 0;
  padding: 0; font-size: .87rem; color: var(--soft); }
.legend li { display: flex; align-items: center; gap: .4rem; }
.swatch { width: .8rem; height: .8rem; flex: none; display: inline-block; }
table { border-collapse: collapse; width: 100%; font-size: .93rem; margin: .5rem 0; }
caption { text-align: left; color: var(--soft); font-size: .87rem; padding-bottom: .25rem; }
th, td { text-align: left; vertical-align: top; padding: .45rem .6rem .45rem 0;
  border-top: 1px solid var(--line); }
thead th { border-top: 0; color: var(--soft); font-weight: 500; font-size: .85rem; }
tbody th { font-weight: 500; overflow-wrap: anywhere; width: 99%; }
tbody th small { font-weight: 400; color: var(--soft); font-size: .87rem; }
.n { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
td:last-child, th:last-child { padding-right: 0; }
@media (max-width: 38rem) {
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  tbody tr { display: flex; flex-wrap: wrap; column-gap: 1.1rem; padding: .45rem 0;
    border-top: 1px solid var(--line); }
  tbody th { flex: 1 0 100%; }
  th, td { border-top: 0; padding: 0; }
  td[data-label]::before { content: attr(data-label) " "; color: var(--soft); }
}
.bar { height: .5rem; margin: .35rem 0 .1rem; }
.columns { height: 12rem; margin: .75rem 0 .25rem; overflow: visible; }
.columns text { fill: var(--soft); font-size: 11.5px; text-anchor: middle; }
.columns line { stroke: var(--line); }
.columns rect:hover { fill: var(--accent); }
.few { display: none; }
@media (max-width: 38rem) { .many { display: none; } .few { display: inline; } }
.strip { height: 4.2rem; margin: .75rem 0; }
.strip .mark { stroke: var(--alarm); stroke-width: 2; }
details { border-top: 1px solid var(--line); margin-top: .75rem; padding-top: .6rem; }
summary { cursor: pointer; color: var(--accent); font-size: .93rem; width: fit-content; }
code, .code { font-family: ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
  font-size: .87em; overflow-wrap: anywhere; }
.facts { display: grid; grid-template-columns: minmax(7rem, max-content) 1fr; gap: .4rem 1.25rem;
  margin: .5rem 0; }
.facts dt { color: var(--soft); }
.facts dd { margin: 0; overflow-wrap: anywhere; min-width: 0; }
@media (max-width: 30rem) { .facts { grid-template-columns: 1fr; gap: 0; }
  .facts dd { margin-bottom: .5rem; } }
.bad { color: var(--bad); font-weight: 600; } .good { color: var(--good); font-weight: 600; }
.paths { margin: 0; padding: 0; list-style: none; }
footer { padding-bottom: 2.5rem; color: var(--soft); font-size: .87rem; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%);
  white-space: nowrap; }
@media (prefers-reduced-motion: no-preference) { html { scroll-behavior: smooth; } }
@media (forced-colors: active) { svg { forced-color-adjust: none; } }
@media print {
  :root { --page: #fff; --card: #fff; --text: #000; --soft: #444; --line: #bbb; --head: #eee; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  body { font-size: 10pt; } nav { display: none; }
  header, main, footer { max-width: none; padding: 0; }
  section { border: 0; border-top: 1px solid #bbb; border-radius: 0; padding: .75rem 0;
    margin: .75rem 0; }
  tr, svg, .tiles div { break-inside: avoid; } h2, h3 { break-after: avoid; }
}
`.trim();
