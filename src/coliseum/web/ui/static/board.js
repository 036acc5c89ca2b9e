// A board's rows: kept, moved to their new places, added or taken away.

import { calm, figures, tick } from "./figures.js";

const MOVE = { duration: 420, easing: "cubic-bezier(0.2, 0.7, 0.2, 1)" };
const PICTURE = /^(https:\/\/|data:image\/)/i;
const template = document.getElementById("row-template");

export function drawBoard(board, update) {
  const list = board.querySelector("ol");
  const before = new Map([...list.children].map((row) => [row.dataset.id, row]));
  const tops = new Map([...before].map(([id, row]) => [id, row.getBoundingClientRect().top]));
  const rows = update.rows.map((row) => fill(before.get(row.id) ?? made(row), row, update));
  const kept = new Set(rows);
  for (const row of before.values()) if (!kept.has(row)) row.remove();
  rows.forEach((row, place) => {
    // Only rows out of place are touched, so that the keyboard's focus stays where it is.
    if (list.children[place] !== row) list.insertBefore(row, list.children[place] ?? null);
  });
  board.querySelector(".none").hidden = rows.length > 0;
  if (!calm()) for (const row of rows) move(row, tops.get(row.dataset.id));
}

function made(row) {
  const element = template.content.querySelector("li").cloneNode(true);
  element.dataset.id = row.id;
  return element;
}

function fill(element, row, board) {
  element.querySelector(".rank").textContent = row.rank;
  element.querySelector(".name").textContent = row.name;
  const score = element.querySelector(".score");
  score.href = row.href;
  if (element.isConnected) {
    tick(score, row.score, board.decimals);
  } else {
    score.dataset.value = row.score;
    score.textContent = figures(row.score, board.decimals);
  }
  element.querySelector("rect").setAttribute("width", row.share);
  paint(element.querySelector(".picture"), row.picture);
  return element;
}

function paint(frame, address) {
  const shown = frame.querySelector("img");
  if (shown?.getAttribute("src") === address || (!shown && !address)) return;
  frame.replaceChildren();
  if (!address || !PICTURE.test(address)) return;
  const image = new Image(32, 32);
  image.alt = "";
  image.referrerPolicy = "no-referrer";
  image.src = address;
  frame.append(image);
}

function move(row, top) {
  if (top === undefined) {
    row.animate({ opacity: [0, 1] }, MOVE);
    return;
  }
  const shift = top - row.getBoundingClientRect().top;
  if (Math.abs(shift) > 1) row.animate({ transform: [`translateY(${shift}px)`, "none"] }, MOVE);
}
