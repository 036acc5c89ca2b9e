/** How the Jumbotron looks. All sizes follow from the screen: a name is read from the last row. */
export const JUMBOTRON_STYLE = `
:host { block-size: 100%; min-block-size: 16rem; container-type: size; }
.widget[data-theme] {
  --_night: #0c0806; --_beam: rgb(255 140 60 / .16); --_floor: rgb(242 107 29 / .34);
  --_steel: #2a211a; --_steel-2: #14100c; --_edge: #4a3a2c;
  --_panel: #0f0b08; --_panel-2: #17110c;
  --_ink: var(--coliseum-ink, #fff7ec); --_soft: var(--coliseum-soft, #cdb99f); --_line: rgb(255 240 220 / .13);
  --_accent: var(--coliseum-accent, #ff7a2b); --_hot: #ffb36b; --_up: #4fd583; --_down: #ff8f85; --_warn: #ffc861;
  --_empty: rgb(255 240 220 / .11);
  --_display: var(--coliseum-display, "Cinzel Variable", "Trajan Pro", Georgia, "Times New Roman", serif);
  --_text: var(--coliseum-font, "Newsreader Variable", Palatino, Georgia, serif);
  --wide: 88cqw; --high: 73cqh; --u: min(1cqw, 1.78cqh);
  block-size: 100%; border: 0; border-radius: 0; color-scheme: dark; font-family: var(--_text); position: relative;
  background: radial-gradient(120% 70% at 50% 112%, var(--_floor), transparent 60%),
    conic-gradient(from 150deg at 24% -14%, transparent 4deg, var(--_beam) 17deg, transparent 31deg),
    conic-gradient(from 179deg at 76% -14%, transparent 0, var(--_beam) 14deg, transparent 27deg), var(--_night);
}
.widget.widget[data-theme="light"] {
  --_night: #efe4d2; --_beam: rgb(255 255 255 / .8); --_floor: rgb(242 107 29 / .22);
  --_steel: #8b7a66; --_steel-2: #5d5043; --_edge: #b7a58f;
  --_panel: #fffaf2; --_panel-2: #f6ecdd;
  --_ink: var(--coliseum-ink, #1d1712); --_soft: var(--coliseum-soft, #5d5043); --_line: rgb(60 40 20 / .16);
  --_accent: var(--coliseum-accent, #c4520f); --_hot: #e8772a; --_up: #1a6b3a; --_down: #a3263a; --_warn: #8a5a00;
  --_empty: rgb(60 40 20 / .13); color-scheme: light;
}
.body { block-size: 100%; }
.note { position: absolute; inset: auto 0 0; margin: auto; padding: 1rem; text-align: center; }
.body:not([hidden]) + .note { inline-size: 1px; block-size: 1px; padding: 0; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.body[hidden] + .note { inset-block: 45% auto; font-size: calc(2.4 * var(--u)); }
p, h2, ol { margin: 0; padding: 0; }
h2 { font: 600 calc(4.1 * var(--u))/1.1 var(--_display); letter-spacing: .02em; overflow-wrap: anywhere; }
.arena { block-size: 100%; display: grid; grid-template-rows: 10.5cqh minmax(0, 1fr) 6cqh; overflow: hidden; }

.rig { display: flex; align-items: center; justify-content: space-between; gap: calc(2 * var(--u)); padding-inline: 5cqw; min-inline-size: 0; position: relative; z-index: 2; }
.what { max-inline-size: 45cqw; display: flex; align-items: baseline; gap: calc(1.4 * var(--u)); min-inline-size: 0; }

.title { flex: 0 1 auto; font: 700 calc(2.5 * var(--u))/1.15 var(--_display); overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.place { color: var(--_soft); font-size: calc(1.7 * var(--u)); overflow: hidden; text-overflow: ellipsis; white-space: nowrap; flex-shrink: 1000; }
.status { display: flex; align-items: center; gap: calc(.7 * var(--u)); color: var(--_soft); font-size: calc(1.7 * var(--u)); white-space: nowrap; }
.clock { margin-inline-start: calc(1 * var(--u)); color: var(--_ink); font: 600 calc(2.1 * var(--u))/1 var(--_text); font-variant-numeric: tabular-nums lining-nums; }
.lamp { inline-size: calc(1.1 * var(--u)); block-size: calc(1.1 * var(--u)); border-radius: 50%; background: var(--_soft); }
.lamp[data-state="live"], .lamp[data-state="empty"] { background: var(--_up); box-shadow: 0 0 calc(1.2 * var(--u)) var(--_up); }
.lamp[data-state="offline"] { background: var(--_warn); }
.lamp[data-state="error"], .lamp[data-state="gone"] { background: var(--_down); }

.ribbon { display: flex; align-items: center; justify-content: center; gap: calc(1.2 * var(--u)); position: relative; z-index: 2; }
.dots { display: flex; gap: calc(.7 * var(--u)); }
.dots i { inline-size: calc(.8 * var(--u)); block-size: calc(.8 * var(--u)); border-radius: 50%; background: var(--_line); }
.dots i.on { background: var(--_accent); inline-size: calc(2.6 * var(--u)); border-radius: calc(1 * var(--u)); }
.ribbon button { inline-size: 2.75rem; block-size: 2.75rem; max-block-size: 100%; border: 0; border-radius: 50%; background: none; color: var(--_ink); cursor: pointer; opacity: 0; display: grid; place-items: center; }
.ribbon button::before { content: ""; inline-size: 1rem; block-size: 1rem; background: currentColor; }
.ribbon .pause::before { clip-path: polygon(8% 0, 36% 0, 36% 100%, 8% 100%, 8% 0, 64% 0, 92% 0, 92% 100%, 64% 100%, 64% 0); }
.ribbon .play::before { clip-path: polygon(12% 0, 100% 50%, 12% 100%); }
.ribbon .next::before { clip-path: polygon(0 0, 62% 44%, 62% 0, 86% 0, 86% 100%, 62% 100%, 62% 56%, 0 100%); }
:host(:hover) .ribbon button, .ribbon button:focus-visible { opacity: .75; }
.ribbon button:hover { opacity: 1; }
.ribbon button:focus-visible { outline: 3px solid var(--_accent); opacity: 1; }
@media (hover: none) { .ribbon button { opacity: .7; } }

.stage { position: relative; }
.view { position: absolute; inset: 0; perspective: calc(var(--wide) * 2.1); perspective-origin: 50% 118%; }
.cables { position: absolute; inset: -12cqh 47.8cqw auto; block-size: 14cqh; border-inline: max(2px, calc(.2 * var(--u))) solid var(--_edge); }
.cube { position: absolute; inset: 1.5cqh 0 auto; margin-inline: auto; inline-size: var(--wide); block-size: var(--high); transform-style: preserve-3d;
  transform: translateZ(calc(var(--wide) / -2)) rotateY(var(--angle, 0deg)); }
.side { position: absolute; inset: 0; backface-visibility: hidden; border: calc(.9 * var(--u)) solid; border-color: var(--_edge) var(--_steel) var(--_steel-2);
  border-radius: calc(.6 * var(--u)); background: linear-gradient(175deg, var(--_panel-2), var(--_panel) 60%); box-shadow: inset 0 0 calc(3 * var(--u)) rgb(0 0 0 / .35); overflow: hidden; }
.side-0 { transform: translateZ(calc(var(--wide) / 2)); }
.side-1 { transform: rotateY(90deg) translateZ(calc(var(--wide) / 2)); }
.side-2 { transform: rotateY(180deg) translateZ(calc(var(--wide) / 2)); }
.side-3 { transform: rotateY(270deg) translateZ(calc(var(--wide) / 2)); }
.view:not([data-turning]) .side:not(.front) { visibility: hidden; }
.shade { position: absolute; inset: 0; background: #000; opacity: 0; pointer-events: none; }
.lid { position: absolute; inline-size: var(--wide); block-size: var(--wide); inset-block-start: calc((var(--high) - var(--wide)) / 2);
  --_lit: color-mix(in srgb, var(--_accent) 72%, var(--_steel-2));
  background: repeating-linear-gradient(90deg, transparent 0 2.2%, var(--_lit) 2.2% 2.8%, transparent 2.8% 5%),
    repeating-linear-gradient(0deg, transparent 0 4.8%, var(--_lit) 4.8% 5.2%, transparent 5.2% 10%), var(--_steel-2); }
.lid.top { transform: rotateX(90deg) translateZ(calc(var(--high) / 2)); background: var(--_steel-2); }
.lid.bottom { transform: rotateX(-90deg) translateZ(calc(var(--high) / 2)); box-shadow: 0 0 calc(9 * var(--u)) color-mix(in srgb, var(--_accent) 60%, transparent); }
.view[data-mode="flat"] { perspective: none; }
.view[data-mode="flat"] :is(.lid, .cables) { display: none; }
.view[data-mode="flat"] .cube { transform: none; inset: 0 0 auto; inline-size: 92cqw; block-size: 82cqh; }
.view[data-mode="flat"] .side { transform: none; opacity: 0; visibility: hidden; transition: opacity .6s, visibility .6s; }
.view[data-mode="flat"] .side.front { opacity: 1; visibility: visible; }
.view[data-calm="true"] *, .view[data-calm="true"] .side { transition: none !important; animation: none !important; }

.face { position: absolute; inset: 0; padding: calc(2.2 * var(--u)) calc(3 * var(--u)); display: flex; flex-direction: column; gap: calc(1.2 * var(--u)); }
.head { display: flex; align-items: baseline; justify-content: space-between; gap: calc(2 * var(--u)); }
.head h2 { display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 1; overflow: hidden; }
.figure { font-family: var(--_text); font-weight: 650; font-variant-numeric: tabular-nums lining-nums; letter-spacing: -.01em; }
.total { font-size: calc(3.4 * var(--u)); white-space: nowrap; }
.total .unit { color: var(--_soft); font-size: .6em; margin-inline-start: .35em; }
.none { color: var(--_soft); font-size: calc(2.6 * var(--u)); }

.lanes { position: relative; flex: 1; list-style: none; min-block-size: 0; }
.lane { --h: calc(100% / var(--lanes, 6)); position: absolute; inset-inline: 0; inset-block-start: 0; block-size: var(--h); transform: translateY(calc(var(--place, 0) * 100%));
  display: grid; grid-template: 1fr auto / minmax(1.25em, auto) minmax(0, 1fr) auto; align-items: end; column-gap: .45em; padding-block-end: .12em;
  font-size: min(calc(4.2 * var(--u)), calc(33cqh / var(--lanes, 6))); transition: transform .9s cubic-bezier(.3, .9, .25, 1); }
.lane .rank { color: var(--_soft); font: 500 .82em/1.1 var(--_text); font-variant-numeric: tabular-nums lining-nums; }
.lane .name { font: 600 1em/1.25 var(--_display); text-align: left; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.lane:dir(rtl) .name { text-align: right; }
.lane .figure { line-height: 1.1; text-align: end; }
.track { grid-column: 1 / -1; position: relative; block-size: max(4px, .24em); margin-block-start: .1em; background: var(--_line); overflow: hidden; border-radius: .1em; }
.bar, .spark { position: absolute; inset: 0; transform-origin: 0 50%; transform: scaleX(var(--part, 0)); }
.bar:dir(rtl) { transform-origin: 100% 50%; }
.bar { background: linear-gradient(90deg, color-mix(in srgb, var(--_accent) 55%, transparent), var(--_accent)); transition: transform .9s cubic-bezier(.3, .9, .25, 1); --part: inherit; }
.spark { background: var(--_hot); opacity: 0; transform: none; }
.lane.first :is(.rank, .figure) { color: var(--_hot); }
.widget[data-theme="light"] .lane.first :is(.rank, .figure) { color: var(--_accent); }
.lane.first .bar { background: linear-gradient(90deg, var(--_accent), var(--_hot)); }

.theatre { position: relative; flex: 1; min-block-size: 0; display: grid; place-items: end center; }
.theatre svg { inline-size: 100%; block-size: 100%; min-block-size: 0; }
.theatre path { fill: none; stroke: var(--_empty); stroke-width: 3.9; stroke-linecap: round; }
.theatre path.taken { stroke: var(--_accent); }
.told { position: absolute; inset: auto 0 0; text-align: center; text-shadow: 0 0 .4em var(--_panel), 0 0 .4em var(--_panel), 0 0 .8em var(--_panel); }
.told .big { font-size: calc(9.5 * var(--u)); line-height: 1; }
.told .share { font-size: calc(3 * var(--u)); line-height: 1.25; }
.told .rate { color: var(--_hot); font-size: calc(2.4 * var(--u)); line-height: 1.3; }
.widget[data-theme="light"] .told .rate { color: var(--_accent); }

.tiles { flex: 1; display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: calc(1.2 * var(--u)) calc(3 * var(--u)); align-content: stretch; }
.tile { display: flex; flex-direction: column; justify-content: center; border-block-start: max(2px, calc(.25 * var(--u))) solid var(--_accent); min-inline-size: 0; }
.tile .figure { font-size: calc(9 * var(--u)); line-height: 1.05; white-space: nowrap; }
.tile .unit { color: var(--_soft); font-size: calc(2.8 * var(--u)); }

.invite { flex-direction: row; align-items: center; gap: calc(4 * var(--u)); }
.paper { flex: none; inline-size: min(44%, 62cqh); aspect-ratio: 1; padding: calc(1.2 * var(--u)); background: #fff; border-radius: calc(1 * var(--u)); }
.code { display: block; inline-size: 100%; block-size: 100%; color: #15100c; font-size: 1rem; overflow-wrap: anywhere; }
.how { min-inline-size: 0; display: grid; gap: calc(1.6 * var(--u)); }
.how h2 { font-size: calc(7 * var(--u)); color: var(--_hot); }
.widget[data-theme="light"] .how h2 { color: var(--_accent); }
.scan { font-size: calc(2.8 * var(--u)); line-height: 1.25; }
.address { color: var(--_soft); font-size: calc(2 * var(--u)); overflow-wrap: anywhere; }
.when { font-size: calc(3 * var(--u)); font-variant-numeric: tabular-nums lining-nums; }
.invite.over .paper { opacity: .25; }

@container (max-aspect-ratio: 1/1) {
  .widget[data-theme] { --u: 1.55cqw; --high: 68cqh; --wide: 90cqw; }
  .what { flex-direction: column; gap: 0; }
  .what { max-inline-size: 48cqw; }
  .title { max-inline-size: 100%; font-size: calc(3.6 * var(--u)); }
  .place, .status { font-size: calc(2.6 * var(--u)); }
  .clock { font-size: calc(3 * var(--u)); }
  .head { flex-wrap: wrap; }
  .lane { font-size: min(calc(4.6 * var(--u)), calc(30cqh / var(--lanes, 6))); }
  .tiles { grid-template-columns: minmax(0, 1fr); }
  .tile .figure { font-size: calc(11 * var(--u)); }
  .tile .unit { font-size: calc(3.6 * var(--u)); }
  .invite { flex-direction: column; justify-content: center; text-align: center; }
  .paper { inline-size: min(84%, 40cqh); }
  .scan, .when { font-size: calc(3.6 * var(--u)); }
  .address { font-size: calc(2.8 * var(--u)); }
  .theatre { place-items: center; }
  .told .big { font-size: calc(11 * var(--u)); }
  .told .share, .told .rate { font-size: calc(3.6 * var(--u)); }
}
`;
