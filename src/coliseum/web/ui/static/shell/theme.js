// Light or dark: as the system says, until somebody chooses. The choice is remembered only with consent.

import { keepCookie, onAllowed } from "./consent.js";

const COOKIE = "coliseum-theme";
const root = document.documentElement;
const button = document.getElementById("theme");

function shown() {
  return root.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
}

function label() {
  const other = shown() === "dark" ? "light" : "dark";
  button.textContent = button.dataset[other];
}

if (button) {
  button.hidden = false;
  label();
  button.addEventListener("click", () => {
    root.dataset.theme = shown() === "dark" ? "light" : "dark";
    keepCookie(COOKIE, root.dataset.theme);
    label();
  });
  onAllowed(() => root.dataset.theme && keepCookie(COOKIE, root.dataset.theme));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", label);
}
