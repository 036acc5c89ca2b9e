/** What all widgets look like. A page themes them by the variables below, set on the element or above it. */
export const BASE_STYLE = `
:host { display: block; container-type: inline-size; }
:host([hidden]), [hidden] { display: none !important; }
.widget {
  --_paper: var(--coliseum-paper, #ffffff);
  --_ink: var(--coliseum-ink, #1d1712);
  --_soft: var(--coliseum-soft, #6a5d4e);
  --_line: var(--coliseum-line, #e2d6c2);
  --_accent: var(--coliseum-accent, #b1440a);
  --_up: var(--coliseum-up, #1a6b3a);
  --_down: var(--coliseum-down, #a3263a);
  --_radius: var(--coliseum-radius, 14px);
  --_font: var(--coliseum-font, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif);
  color-scheme: light;
  background: var(--_paper);
  border: 1px solid var(--_line);
  border-radius: var(--_radius);
  color: var(--_ink);
  font: 400 1rem/1.4 var(--_font);
  font-variant-numeric: tabular-nums lining-nums;
  overflow: hidden;
  text-align: start;
}
.widget[data-theme="dark"] {
  --_paper: var(--coliseum-paper, #1e1914);
  --_ink: var(--coliseum-ink, #f6eee2);
  --_soft: var(--coliseum-soft, #b5a793);
  --_line: var(--coliseum-line, #3a3128);
  --_accent: var(--coliseum-accent, #ff9a52);
  --_up: var(--coliseum-up, #6ed396);
  --_down: var(--coliseum-down, #ff8f9b);
  color-scheme: dark;
}
*, ::before, ::after { box-sizing: border-box; }
.note { margin: 0; padding: .75rem 1rem; color: var(--_soft); font-size: .875rem; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.dot { inline-size: .5rem; block-size: .5rem; flex: none; border-radius: 50%; background: var(--_soft); }
.dot[data-state="live"] { background: var(--_up); }
.dot[data-state="offline"], .dot[data-state="error"] { background: var(--_down); }
@media (prefers-reduced-motion: no-preference) {
  .dot[data-state="live"] { animation: breathe 2.4s ease-in-out infinite; }
}
@keyframes breathe { 50% { opacity: .35; } }
`;
