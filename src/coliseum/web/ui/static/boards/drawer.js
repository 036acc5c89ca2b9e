// What a score is the sum of, in a drawer beside the board. Without this, the links lead to the page of it.

const dialog = document.getElementById("why");
const inside = document.getElementById("why-inside");

async function fill(href) {
  const answer = await fetch(href, { headers: { "hx-request": "true" }, cache: "no-store" });
  if (answer.status === 204) {
    location.assign(href);
    return;
  }
  inside.innerHTML = await answer.text(); // our own server's, in which everything is escaped
  dialog.setAttribute("aria-busy", "false");
  dialog.scrollTop = 0;
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-why]");
  if (!link || !dialog || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  dialog.setAttribute("aria-busy", "true");
  if (!dialog.open) {
    inside.replaceChildren();
    dialog.showModal();
  }
  fill(link.href).catch(() => location.assign(link.href));
});
dialog?.addEventListener("click", (event) => {
  if (event.target === dialog) dialog.close();
});
