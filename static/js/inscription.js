/* Names of organisations proposed while one is typed, chosen by arrows or by pointer; any other text stays welcome.
   A list of our own: a browser's datalist hides a name that does not contain the letters typed, accents included,
   so that nobody would find a body by another of its spellings. Without this script the field takes any text. */
"use strict";

const WAIT_MS = 180;
const MOST = 8;
const field = document.querySelector("[data-noms]");
const list = document.createElement("ul");
const said = document.createElement("p");
let near = [];
let active = -1;

function folded(text) {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replace(/[^a-z0-9]+/g, " ").trim();
}

function point(rank) {
  const options = [...list.children];
  active = rank;
  options.forEach((option, at) => option.setAttribute("aria-selected", String(at === rank)));
  if (rank < 0) return field.removeAttribute("aria-activedescendant");
  field.setAttribute("aria-activedescendant", options[rank].id);
  options[rank].scrollIntoView({ block: "nearest" });
}

function show(names) {
  list.replaceChildren(...names.map((name, rank) => {
    const option = document.createElement("li");
    option.id = list.id + "-" + rank;
    option.role = "option";
    option.textContent = name;
    return option;
  }));
  list.hidden = !names.length;
  field.setAttribute("aria-expanded", String(!list.hidden));
  said.textContent = names.length ? (names.length > 1 ? names.length + " noms proposés" : "Un nom proposé") + ", flèche bas pour choisir." : "";
  point(-1);
}

function choose(option) {
  field.value = option.textContent;
  show([]);
}

async function known(typed) {
  try {
    const answer = await fetch(field.dataset.noms + "?q=" + encodeURIComponent(typed));
    return answer.ok ? await answer.json() : [];
  } catch {
    return [];
  }
}

async function propose() {
  const typed = field.value.trim();
  if (typed.length < 2) return show([]);
  const found = await known(typed);
  if (field.value.trim() !== typed || document.activeElement !== field) return;
  const words = folded(typed);
  const names = [...new Set([...near.filter((name) => folded(name).includes(words)), ...found])].slice(0, MOST);
  show(names.length === 1 && names[0] === typed ? [] : names);
}

function onKey(event) {
  const last = list.children.length - 1;
  if (list.hidden || event.altKey || event.ctrlKey || event.metaKey) return;
  if (event.key === "ArrowDown") point(active < last ? active + 1 : 0);
  else if (event.key === "ArrowUp") point(active > 0 ? active - 1 : last);
  else if (event.key === "Enter" && active >= 0) choose(list.children[active]);
  else if (event.key === "Escape") show([]);
  else return;
  event.preventDefault();
}

function dress() {
  const around = document.createElement("div");
  const focused = document.activeElement === field;
  around.className = "propose";
  list.className = "propositions";
  list.id = field.id + "-propositions";
  list.role = "listbox";
  list.ariaLabel = "Organisations connues";
  said.className = "hors-ecran";
  said.role = "status";
  near = [...(field.list?.options ?? [])].map((option) => option.value);
  for (const [name, value] of Object.entries({ role: "combobox", autocomplete: "off", "aria-autocomplete": "list", "aria-controls": list.id }))
    field.setAttribute(name, value);
  field.removeAttribute("list");
  field.replaceWith(around);
  around.append(field, list, said);
  if (focused) field.focus();
  show([]);
}

if (field) {
  let waiting = 0;
  dress();
  field.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(propose, WAIT_MS);
  });
  field.addEventListener("keydown", onKey);
  field.addEventListener("blur", () => show([]));
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => { if (event.target.role === "option") choose(event.target); });
}
