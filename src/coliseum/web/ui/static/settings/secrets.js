// A secret that the API answers with once: shown in a dialogue, with how it is used. The page is loaded anew after it.

import "../doors/copy.js";

const dialog = document.querySelector("#secret");
const value = dialog.querySelector("#secret-value");

document.addEventListener("api:done", (event) => {
  const what = event.target.dataset.secret;
  if (!what) return;
  const secret = event.detail.secret;
  const kind = what === "key" ? event.detail.key.kind : what;
  value.textContent = secret;
  for (const part of dialog.querySelectorAll("[data-for]")) part.hidden = part.dataset.for !== kind;
  for (const lines of dialog.querySelectorAll("[data-template]")) {
    const now = new Date().toISOString().replace(/\.\d+/, "");
    lines.textContent = lines.dataset.template.replaceAll("$KEY", () => secret).replaceAll("$NOW", now);
  }
  dialog.showModal();
});
dialog.addEventListener("close", () => {
  value.textContent = "";
  location.reload();
});
