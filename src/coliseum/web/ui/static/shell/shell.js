// What every page does: menus that close, the theme, and parts that are swapped in.

import "./menus.js";
import "./theme.js";

if (document.querySelector("[hx-get], [hx-post], [hx-boost]")) {
  const script = document.createElement("script");
  script.src = new URL("../vendor/htmx.min.js", import.meta.url).href;
  document.head.append(script);
}
if (document.querySelector("form[data-api], button[data-api]")) import("./forms.js");
