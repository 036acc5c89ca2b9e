// A tenant's first event is shown as soon as it is counted; samples can be copied.

import { Live } from "../vendor/live.js";

const METRICS = ["votes", "plays", "attendance", "views", "interests", "tickets", "follows", "shares", "favorites", "money_spent", "money_earned"];
const arriving = document.getElementById("arriving");
const live = new Live({ tenant: document.body.dataset.tenant });

live.onState((state) => {
  arriving.dataset.state = state;
  if (state === "live") arriving.querySelector(".told").textContent = arriving.dataset.waiting;
});
for (const metric of METRICS) {
  live.metrics({ metric, grain: "month" }, (page) => {
    if (page.position.some((offset) => offset > 0)) location.reload();
  });
}

for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) continue;
  button.hidden = false;
  const label = button.textContent;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
    button.textContent = button.dataset.done;
    setTimeout(() => { button.textContent = label; }, 2_000);
  });
}
