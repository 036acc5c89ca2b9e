// Saving an answer to a dashboard, and public links: dialogues that only make sense with a script are shown by it.

import { api } from "../shell/api.js";

const reveal = () => {
  for (const each of document.querySelectorAll("[data-shown][hidden]")) each.hidden = false;
};
reveal();
document.addEventListener("htmx:afterSettle", reveal);
document.addEventListener("coliseum:renewed", reveal);

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  if (opener) document.getElementById(opener.dataset.dialog)?.showModal();
  if (event.target.closest("[data-close]")) event.target.closest("dialog")?.close();
  const copier = event.target.closest("[data-copy]");
  if (copier) copy(copier, document.getElementById(copier.dataset.copy));
  const revoker = event.target.closest("[data-revoke]");
  if (revoker) revoke(revoker);
});

async function copy(button, field) {
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
  } catch {
    document.execCommand("copy"); // without https there is no other way
  }
  button.textContent = button.dataset.done;
}

async function revoke(button) {
  const form = button.closest("form");
  await told(form, async () => {
    await api("DELETE", `/api/shares/${button.dataset.share}`);
    const field = form.querySelector("#share-link");
    field.value = button.dataset.done;
    button.hidden = true;
    form.querySelector("[data-copy]").hidden = true;
  });
}

/** Do something for a form; what is refused is said in it. Returns whether it was done. */
export async function told(form, deed) {
  const wrong = form.querySelector(".wrong");
  wrong.hidden = true;
  const buttons = [...form.querySelectorAll("button:not(:disabled)")];
  for (const button of buttons) button.disabled = true;
  try {
    await deed();
    return true;
  } catch (problem) {
    wrong.textContent = problem.message;
    wrong.lang = "en";
    wrong.hidden = false;
    return false;
  } finally {
    for (const button of buttons) button.disabled = false;
  }
}

async function save(form) {
  const { where, name, title } = Object.fromEntries(new FormData(form));
  const panel = { ...JSON.parse(form.dataset.panel), title };
  let dashboard;
  if (where) {
    const found = await api("GET", `/api/dashboards/${where}`);
    const wish = { name: found.name, panels: [...found.panels, panel] };
    dashboard = await api("PUT", `/api/dashboards/${where}`, wish, { "if-match": `"${found.revision}"` });
  } else {
    dashboard = await api("POST", "/api/dashboards", { name, panels: [panel] });
  }
  const good = form.querySelector(".good");
  const link = good.querySelector("[data-to]");
  link.href = `/t/${document.body.dataset.tenant}/dashboards/${dashboard.id}`;
  good.hidden = false;
  link.focus();
}

async function share(form) {
  const { days } = Object.fromEntries(new FormData(form));
  const wish = { ...JSON.parse(form.dataset.share), ...(days ? { expiresInDays: Number(days) } : {}) };
  if (wish.panel) wish.panel.title = (wish.panel.title ?? "").slice(0, 120);
  const made = await api("POST", "/api/shares", wish);
  const field = form.querySelector("#share-link");
  field.value = location.origin + made.path;
  form.querySelector(".made").hidden = false;
  form.querySelector("[data-revoke]").dataset.share = made.share.id;
  form.querySelector("[data-make]").hidden = true;
  form.elements.days.disabled = true;
  field.focus();
  field.select();
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  const deed = form.dataset.save !== undefined ? save : form.dataset.share !== undefined ? share : null;
  if (!deed) return;
  event.preventDefault();
  told(form, () => deed(form));
});

document.addEventListener("change", (event) => {
  const where = event.target.closest("form[data-save] select[name=where]");
  if (where) where.form.querySelector("[data-new]").hidden = where.value !== "";
});

document.addEventListener("api:done", (event) => {
  const below = event.target.dataset?.newDashboard;
  if (below) location.assign(`${below}/${event.detail.id}`);
});
