// A board's rows: kept, moved to their new places, added or taken away.

import { figures, tick } from "./figures.js";
import { flip } from "./motion/flip.js";

const PICTURE = /^(https:\/\/|data:image\/)/i;
const template = document.getElementById("row-template");

export function drawBoard(board, update) {
  const list = board.querySelector("ol");
  const before = new Map([...list.children].map((row) => [row.dataset.id, row]));
  const rows = update.rows.map((row) => before.get(row.id) ?? made(row));
  flip(list, rows, () => update.rows.forEach((row, place) => fill(rows[place], row, update)));
  board.querySelector(".none").hidden = rows.length > 0;
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
