// What every page does: menus that close, the theme, and parts that are swapped in.

import "./menus.js";
import "./theme.js";

if (document.querySelector("[hx-get], [hx-post], [hx-boost]")) {
  const add = () => {
    const script = document.createElement("script");
    script.src = new URL("../vendor/htmx.min.js", import.meta.url).href;
    document.head.append(script);
  };
  // Between the document's end and the page's, it would wait for an event that has been.
  if (document.readyState === "complete") add();
  else addEventListener("load", add, { once: true });
}
if (document.querySelector("form[data-api], button[data-api]")) import("./forms.js");
