// What every page does: menus that close, the theme, and parts that are swapped in.

import "./menus.js";
import "./theme.js";

function swapParts() {
  const script = document.createElement("script");
  script.src = new URL("../vendor/htmx.min.js", import.meta.url).href;
  document.head.append(script);
}

if (document.querySelector("[hx-get], [hx-post], [hx-boost]")) {
  // Loaded between the two, htmx would wait for an event that has been.
  if (document.readyState === "complete") swapParts();
  else addEventListener("load", swapParts, { once: true });
}
if (document.querySelector("form[data-api], button[data-api]")) import("./forms.js");
