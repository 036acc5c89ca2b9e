// Copying addresses, and saving a board as a declared one.

import { api } from "../shell/api.js";

document.addEventListener("click", async (event) => {
  const button = event.target.closest("button[data-copy]");
  if (!button) return;
  const field = document.getElementById(button.dataset.copy);
  const words = button.textContent;
  try {
    await navigator.clipboard.writeText(field.value);
  } catch {
    field.select();
    document.execCommand("copy");
  }
  button.textContent = button.dataset.done;
  setTimeout(() => (button.textContent = words), 2_000);
});

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (form.id !== "declare") return;
  event.preventDefault();
  const said = form.querySelector(".wrong");
  const { title, name } = form.elements;
  const declaration = { ...JSON.parse(form.dataset.declaration), title: title.value, name: name.value };
  declaration.visibility = form.elements.public.checked ? "public" : "private";
  said.hidden = true;
  try {
    await api("PUT", `/api/boards/${encodeURIComponent(name.value)}`, declaration);
    location.assign(`${form.dataset.boards}/${encodeURIComponent(name.value)}`);
  } catch (problem) {
    said.textContent = problem.message;
    said.lang = "en";
    said.hidden = false;
  }
});

/** Show what only works with a script. */
export function showCopying() {
  for (const button of document.querySelectorAll("button[data-copy]")) button.hidden = false;
}
