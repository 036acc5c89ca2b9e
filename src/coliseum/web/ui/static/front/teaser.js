// The drawn board shows the public tenant's: artists by votes, as the page at / has them, by server-sent events.

const ROWS = 5;
const NAME_MAX = 22;
const figure = document.querySelector("[data-teaser]");
const words = document.getElementById("teaser-words");

function show(board) {
  const rows = board.rows.slice(0, ROWS);
  if (rows.length < ROWS) return; // an example says more than half a board
  for (const [place, row] of rows.entries()) {
    const group = figure.querySelector(`[data-row="${place}"]`);
    const name = [...row.name];
    group.querySelector(".jumbo-name").textContent = name.length > NAME_MAX ? `${name.slice(0, NAME_MAX - 1).join("")}…` : row.name;
    group.querySelector(".jumbo-rank").textContent = row.rank;
    const bar = group.querySelector(".jumbo-bar");
    bar.setAttribute("width", Math.round((bar.dataset.full * row.share) / 100));
  }
  figure.dataset.state = "live";
  words.textContent = words.dataset.live;
}

const source = new EventSource("/live?window=all");
source.addEventListener("message", (event) => {
  const board = JSON.parse(event.data).boards?.find((each) => each.key === "votes-artist");
  if (board) show(board);
});
source.addEventListener("error", () => delete figure.dataset.state);
addEventListener("pagehide", () => source.close());
