// Parts of a page that move: what the server renders anew takes the place of what is shown, part by part.

const shown = new WeakMap();

/** Remember what the server said of each part, so that what has not changed is left alone. */
export function remember(root) {
  for (const part of root.querySelectorAll("[data-part]")) shown.set(part, part.innerHTML);
}

function opened(part) {
  return [...part.querySelectorAll("details")].map((each) => each.open);
}

function focused(part) {
  const at = document.activeElement;
  if (!part.contains(at)) return -1;
  return [...part.querySelectorAll("a, button, summary, input, select, [tabindex]")].indexOf(at);
}

function swap(part, html, classes) {
  const open = opened(part);
  const place = focused(part);
  part.innerHTML = html;
  if (classes !== null) part.className = classes;
  part.querySelectorAll("details").forEach((each, number) => { each.open = open[number] ?? each.open; });
  if (place >= 0) part.querySelectorAll("a, button, summary, input, select, [tabindex]")[place]?.focus();
  shown.set(part, html);
}

/** Put each part of `html` that has changed in the place of the one of its name. Returns the parts that were swapped. */
export function replace(root, html) {
  const next = new DOMParser().parseFromString(html, "text/html");
  const swapped = [];
  for (const part of next.querySelectorAll("[data-part]")) {
    const here = root.querySelector(`[data-part="${CSS.escape(part.dataset.part)}"]`);
    if (!here || shown.get(here) === part.innerHTML) continue;
    swap(here, part.innerHTML, part.className);
    swapped.push(here);
  }
  return swapped;
}
