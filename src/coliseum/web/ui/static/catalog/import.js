// The import of a CSV file: it is read here, looked at by the server, shown, and sent again to be done.

import { api } from "../shell/api.js";

const words = JSON.parse(document.getElementById("import-words").textContent);
const kind = location.pathname.split("/")[4];
const path = `/api/catalog/${kind}/import`;
const BYTES_MAX = 5 * 1024 * 1024;
const number = new Intl.NumberFormat(document.body.dataset.locale);
const part = (id) => document.getElementById(id);
let file = null;
let name = "";
let looked = null;

function filled(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);
}

function cells(row, texts, of = "td") {
  for (const text of texts) {
    const cell = document.createElement(of);
    cell.textContent = text;
    if (of === "th") cell.scope = "col";
    else cell.dir = "auto";
    row.append(cell);
  }
  return row;
}

function wrong(error) {
  part("wrong").textContent = error.message;
  part("wrong").lang = "en";
  part("wrong").hidden = false;
}

async function base64(blob) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result.slice(reader.result.indexOf(",") + 1));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });
}

async function take(chosen) {
  part("wrong").hidden = true;
  part("result").replaceChildren();
  if (chosen.size > BYTES_MAX) return wrong(new Error(words.large));
  name = chosen.name;
  file = chosen.size ? await base64(chosen) : "";
  await look(null);
}

async function look(mapping) {
  part("wrong").hidden = true;
  try {
    looked = await api("POST", path, { file, mapping });
  } catch (error) {
    part("look").hidden = part("confirm").hidden = true;
    return wrong(error);
  }
  showOutcomes();
  showMapping();
  showFaults();
  showSample();
  part("look").hidden = false;
  const work = looked.created + looked.changed;
  part("confirm").hidden = false;
  part("partial-part").hidden = !looked.faultCount || !work;
  part("partial").checked = false;
  readyOrNot();
}

function readyOrNot() {
  const work = looked.created + looked.changed;
  const button = part("apply");
  button.disabled = !work || (looked.faultCount > 0 && !part("partial").checked);
  button.textContent = work ? filled(words.doing, { count: number.format(work) }) : looked.mapping.id ? words.nothing : words.noid;
}

function showOutcomes() {
  const delimiter = { ",": words.comma, ";": words.semicolon, "\t": words.tab }[looked.delimiter];
  part("about-file").textContent = filled(words.about, { name, rows: number.format(looked.rows), encoding: looked.encoding, delimiter });
  const counts = [["created", looked.created], ["changed", looked.changed], ["unchanged", looked.unchanged], ["faults", looked.faultCount]];
  part("outcomes").replaceChildren(...counts.map(([key, count]) => {
    const item = document.createElement("li");
    item.className = `outcome ${key}`;
    const value = document.createElement("strong");
    value.textContent = number.format(count);
    item.append(value, ` ${words[key]}`);
    return item;
  }));
}

function showMapping() {
  const fields = [["id", words.id], ...Object.entries(words.fields)];
  part("mapping").replaceChildren(...fields.map(([field, label]) => {
    const box = document.createElement("div");
    box.className = "field";
    const said = document.createElement("label");
    said.htmlFor = `map-${field}`;
    said.textContent = label + (words.required.includes(field) ? " *" : "");
    const select = document.createElement("select");
    select.id = `map-${field}`;
    select.dataset.field = field;
    select.append(new Option(words.none, ""), ...looked.columns.map((column) => new Option(column, column)));
    select.value = looked.mapping[field] ?? "";
    select.addEventListener("change", remap);
    box.append(said, select);
    return box;
  }));
}

function remap(event) {
  const changed = event.target.dataset.field;
  const mapping = {};
  for (const select of part("mapping").querySelectorAll("select")) if (select.value) mapping[select.dataset.field] = select.value;
  look(mapping).then(() => part(`map-${changed}`)?.focus());
}

function showFaults() {
  part("faults-part").hidden = !looked.faultCount;
  part("faults").replaceChildren(...looked.faults.map((each) => {
    const field = each.field === "id" ? words.id : words.fields[each.field] ?? each.field ?? "";
    const row = cells(document.createElement("tr"), [number.format(each.line), field, each.message]);
    row.firstChild.className = "number";
    return row;
  }));
  const more = looked.faultCount - looked.faults.length;
  part("more-faults").hidden = more <= 0;
  part("more-faults").textContent = filled(words.more, { count: number.format(more) });
}

function showSample() {
  part("sample-part").hidden = !looked.sample.length;
  const fields = Object.keys(words.fields).filter((field) => looked.mapping[field]);
  part("sample-head").replaceChildren(cells(document.createElement("tr"), [words.line, words.outcome, words.id, ...fields.map((field) => words.fields[field])], "th"));
  part("sample").replaceChildren(...looked.sample.map((each) => {
    const values = fields.map((field) => [each.fields[field] ?? ""].flat().join(", "));
    return cells(document.createElement("tr"), [number.format(each.line), words[each.outcome], each.id, ...values]);
  }));
}

function tell(result) {
  const said = document.createElement("p");
  said.className = result.stopped ? "warned" : "good";
  const counts = { created: result.created, changed: result.changed, unchanged: result.unchanged, faults: result.faultCount };
  said.textContent = filled(words.done, Object.fromEntries(Object.entries(counts).map(([key, count]) => [key, number.format(count)])));
  if (result.stopped) said.textContent += ` ${filled(words.stopped, { why: result.stopped })}`;
  part("result").replaceChildren(said);
  looked = result;
  showOutcomes();
  showFaults();
  part("confirm").hidden = true;
}

part("apply").addEventListener("click", async () => {
  part("apply").disabled = true;
  part("wrong").hidden = true;
  try {
    tell(await api("POST", path, { file, mapping: looked.mapping, confirm: looked.digest, seenAt: looked.seenAt, partial: part("partial").checked }));
  } catch (error) {
    wrong(error);
    readyOrNot();
  }
});
part("partial").addEventListener("change", readyOrNot);
part("file").addEventListener("change", (event) => event.target.files[0] && take(event.target.files[0]));
for (const type of ["dragover", "dragleave", "drop"]) {
  part("drop").addEventListener(type, (event) => {
    event.preventDefault();
    part("drop").classList.toggle("over", type === "dragover");
    if (type === "drop" && event.dataTransfer.files[0]) take(event.dataTransfer.files[0]);
  });
}
