// <form data-api="POST /api/keys" data-then="reload">: sends its fields as JSON; what is refused is said at its field.
//
// A field's name is its path in the body ("settings.timeZone"); data-type says what else than a text it is: "number",
// "boolean" (checkbox), "list" (one a line or by comma), "json". Empty fields with data-optional are left out.
// data-then: "reload", an address, or nothing: then the event "api:done" bears the answer in detail.
// data-confirm: a sentence that must be agreed to first.

import { api, Problem } from "./api.js";

function valueOf(field) {
  switch (field.dataset.type ?? (field.type === "checkbox" && !field.dataset.group ? "boolean" : "")) {
    case "boolean": return field.checked;
    case "number": return Number(field.value);
    case "list": return field.value.split(/[\n,]/).map((each) => each.trim()).filter(Boolean);
    case "json": return JSON.parse(field.value);
    default: return field.value;
  }
}

function place(body, path, value) {
  const names = path.split(".");
  const last = names.pop();
  let at = body;
  for (const name of names) at = at[name] ??= {};
  at[last] = value;
}

export function bodyOf(form) {
  const body = {};
  for (const field of form.elements) {
    if (!field.name || field.disabled || field.type === "submit") continue;
    if (field.dataset.group !== undefined) { // checkboxes of one name are a list of those that are ticked
      const at = body[field.name] ??= [];
      if (field.checked) at.push(field.value);
      continue;
    }
    if (field.type === "radio" && !field.checked) continue;
    if (field.dataset.optional !== undefined && field.value === "") continue;
    place(body, field.name, valueOf(field));
  }
  return body;
}

function clear(form) {
  for (const field of form.querySelectorAll("[data-wrong]")) field.removeAttribute("data-wrong");
  for (const said of form.querySelectorAll(".field-wrong, .form-wrong")) said.hidden = true;
}

function tell(form, problem) {
  const named = problem.field?.split(".").at(-1);
  const control = named && [...form.elements].find((each) => each.name?.split(".").at(-1) === named);
  const said = control && form.querySelector(`#${CSS.escape(`${control.id || control.name}-wrong`)}`);
  if (said) {
    said.textContent = problem.message;
    said.lang = "en";
    said.hidden = false;
    said.closest(".field")?.setAttribute("data-wrong", "");
    control.setAttribute("aria-describedby", said.id);
    control.focus();
    return;
  }
  let whole = form.querySelector(".form-wrong");
  if (!whole) {
    whole = document.createElement("p");
    whole.className = "form-wrong wrong";
    whole.setAttribute("role", "alert");
    form.append(whole);
  }
  whole.textContent = problem.message;
  whole.lang = "en";
  whole.hidden = false;
}

async function send(element, call, body) {
  const question = element.dataset.confirm;
  if (question && !confirm(question)) return;
  const [method, path] = call.split(" ");
  const headers = element.dataset.ifMatch ? { "if-match": element.dataset.ifMatch } : {};
  const answer = await api(method, path, body, headers);
  const then = element.dataset.then;
  if (element.dispatchEvent(new CustomEvent("api:done", { detail: answer, bubbles: true, cancelable: true })) && then) {
    if (then === "reload") location.reload();
    else location.assign(then);
  }
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.dataset.api) return;
  event.preventDefault();
  clear(form);
  const buttons = form.querySelectorAll("button");
  for (const button of buttons) button.disabled = true;
  try {
    await send(form, form.dataset.api, bodyOf(form));
  } catch (error) {
    tell(form, error instanceof Problem ? error : new Problem({ detail: String(error.message ?? error) }, 0));
  } finally {
    for (const button of buttons) button.disabled = false;
  }
});

document.addEventListener("click", async (event) => {
  const button = event.target.closest("button[data-api]");
  if (!button) return;
  button.disabled = true;
  try {
    await send(button, button.dataset.api, button.dataset.body ? JSON.parse(button.dataset.body) : undefined);
  } catch (error) {
    const said = document.createElement("p");
    said.className = "wrong";
    said.setAttribute("role", "alert");
    said.textContent = error.message;
    said.lang = "en";
    button.after(said);
  } finally {
    button.disabled = false;
  }
});
