export const LEADERBOARD_STYLE = `
table { inline-size: 100%; border-collapse: collapse; }
caption { padding: 0; text-align: start; }
.head { display: flex; align-items: center; gap: .6rem; padding: .9rem 1rem .7rem; }
.title { font-weight: 650; font-size: 1.05rem; letter-spacing: -.01em; min-inline-size: 0; overflow-wrap: anywhere; }
.when { margin-inline-start: auto; color: var(--_soft); font-size: .8125rem; white-space: nowrap; }
thead th {
  padding: 0 .5rem .4rem; color: var(--_soft); font-size: .6875rem; font-weight: 600; letter-spacing: .06em;
  text-align: start; text-transform: uppercase; white-space: nowrap;
}
tbody tr { border-block-start: 1px solid var(--_line); background: var(--_paper); }
td, tbody th { padding: .55rem .5rem; font-weight: 400; text-align: start; vertical-align: middle; }
.rank { inline-size: 3rem; padding-inline: 1rem .25rem; font-weight: 650; text-align: end; }
thead .rank { overflow: hidden; text-overflow: clip; }
.moved { inline-size: 2.75rem; font-size: .75rem; font-weight: 650; white-space: nowrap; color: var(--_soft); }
.moved.up { color: var(--_up); }
.moved.down { color: var(--_down); }
.moved.new { color: var(--_accent); }
.line { display: flex; align-items: center; gap: .75rem; min-inline-size: 0; }
.text { flex: 1; min-inline-size: 0; }
.name {
  display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; overflow: hidden; overflow-wrap: anywhere;
  font-weight: 550;
}
tbody tr:first-child .name { font-weight: 700; }
th.score, td.score { padding-inline: .5rem 1rem; font-weight: 600; text-align: end; white-space: nowrap; }
.picture {
  position: relative; display: grid; place-items: center; flex: none; inline-size: 2.25rem; block-size: 2.25rem;
  border-radius: 28%; background: var(--_line); color: var(--_ink); font-size: .75rem; font-weight: 700; overflow: hidden;
}
.picture img { position: absolute; inset: 0; inline-size: 100%; block-size: 100%; object-fit: cover; }
meter {
  display: block; inline-size: 100%; block-size: 3px; margin-block-start: .3rem; border: 0; border-radius: 2px;
  background: none; appearance: none;
}
meter::-webkit-meter-inner-element { display: block; }
meter::-webkit-meter-bar { block-size: 3px; border: 0; border-radius: 2px; background: var(--_line); }
meter::-webkit-meter-optimum-value { border-radius: 2px; background: var(--_accent); transition: inline-size .6s; }
meter::-moz-meter-bar { border-radius: 2px; background: var(--_accent); }
@container (max-width: 30rem) {
  .moved { inline-size: 2.1rem; padding-inline: .15rem; }
  .line { gap: .6rem; }
  .picture { inline-size: 1.9rem; block-size: 1.9rem; }
}
@container (max-width: 22rem) {
  .picture { display: none; }
  .rank { inline-size: 2.25rem; padding-inline-start: .6rem; }
  th.score, td.score { padding-inline-end: .6rem; }
}
@media (prefers-reduced-motion: reduce) { meter::-webkit-meter-optimum-value { transition: none; } }
`;
