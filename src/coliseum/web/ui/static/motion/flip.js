// Rows that move to their new places: measured, changed, and led there from where they stood.

const still = matchMedia("(prefers-reduced-motion: reduce)");
const MOVE = { duration: 420, easing: "cubic-bezier(0.2, 0.7, 0.2, 1)" };

/** Whether nothing should move that need not. */
export const calm = () => still.matches;

/**
 * Put `rows` into `list` in their order, and move those that were there from where they were; `change` may alter them.
 * Rows that are not among them are taken away; new ones appear.
 */
export function flip(list, rows, change = () => undefined) {
  const quiet = calm() || document.hidden;
  const tops = quiet ? null : new Map([...list.children].map((row) => [row, row.getBoundingClientRect().top]));
  change();
  const kept = new Set(rows);
  for (const row of [...list.children]) if (!kept.has(row)) row.remove();
  rows.forEach((row, place) => {
    // Only rows out of place are touched, so that the keyboard's focus stays where it is.
    if (list.children[place] !== row) list.insertBefore(row, list.children[place] ?? null);
  });
  if (!quiet) for (const row of rows) move(row, tops.get(row));
}

function move(row, top) {
  if (top === undefined) {
    row.animate({ opacity: [0, 1] }, MOVE);
    return;
  }
  const shift = top - row.getBoundingClientRect().top;
  if (Math.abs(shift) > 1) row.animate({ transform: [`translateY(${shift}px)`, "none"] }, MOVE);
}
