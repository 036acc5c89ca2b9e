// <button data-copy="#id" data-copied="Copied" hidden>: copies the text of what it names, and says so.

for (const button of document.querySelectorAll("[data-copy]")) button.hidden = false;

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const of = document.querySelector(button.dataset.copy);
  const text = of.matches("ol, ul") ? [...of.children].map((each) => each.textContent.trim()).join("\n") : of.textContent;
  await navigator.clipboard.writeText(text);
  const spoken = document.querySelector("#spoken");
  if (spoken) spoken.textContent = button.dataset.copied;
  button.classList.add("copied");
  button.textContent = button.dataset.copied;
});
