/* The list at the door, without reloading: one tap notes, a second takes back; the search filters while one types;
   the number of a line, then Enter, notes it. Without this script each gesture is a form that comes back to its name. */
"use strict";

const list = document.getElementById("liste");
const search = document.getElementById("cherche");
const announce = document.getElementById("annonce");
const count = document.getElementById("compte-presences");
let digits = "";

function folded(text) {
  return " " + text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase()
    .replace(/œ/g, "oe").replace(/æ/g, "ae").replace(/[-'’]/g, " ").trim();
}

function filter() {
  const words = folded(search.value).split(/\s+/).filter(Boolean);
  let found = 0;
  for (const line of list.children) {
    const name = folded(line.dataset.nom);
    line.hidden = !words.every((word) => name.includes(" " + word));
    if (!line.hidden) found += 1;
  }
  const nobody = document.getElementById("aucun");
  nobody.hidden = found > 0;
  const elsewhere = document.getElementById("ailleurs");
  if (elsewhere) elsewhere.search = "?q=" + encodeURIComponent(search.value.trim());
}

function recount() {
  const present = list.querySelectorAll('.marque-presence[aria-pressed="true"]').length;
  count.querySelector("b").textContent = present;
  const bar = document.querySelector(".porte-tete .jauge .plein");
  if (bar && list.children.length) bar.setAttribute("width", (100 * present / list.children.length) + "%");
}

function show(form, answer) {
  const line = form.closest("li");
  const button = form.querySelector("button");
  const present = answer.status === "present";
  button.setAttribute("aria-pressed", String(present));
  button.classList.remove("absence");
  button.querySelector(".mot").textContent = "Présence";
  form.elements.status.value = present ? "sans_reponse" : "present";
  form.elements.nonce.value = answer.nonce;
  line.querySelector(".dit").textContent = answer.sentence;
  announce.textContent = line.querySelector(".qui b").textContent + " : " + answer.sentence;
  if (!search.value) recount();
}

async function send(form) {
  let answer;
  try {
    answer = await fetch(form.action, {
      method: "POST",
      body: new URLSearchParams(new FormData(form)),
      headers: { Accept: "application/json" },
    });
  } catch {
    announce.classList.remove("hors-ecran");
    announce.textContent = "Pas de réseau : cette présence n’est pas notée. Appuyez de nouveau dès son retour.";
    return;
  }
  const told = answer.headers.get("Content-Type") || "";
  if (answer.ok && told.includes("json")) show(form, await answer.json());
  else form.submit();
}

async function gesture(event) {
  const form = event.target;
  if (!form.classList.contains("geste")) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (form.dataset.parti) return;
  form.dataset.parti = "1";
  await send(form);
  delete form.dataset.parti;
}

function byNumber(event) {
  if (event.target.closest("input, textarea, select, summary, a, button") || event.ctrlKey || event.metaKey || event.altKey) return;
  if (/^[0-9]$/.test(event.key)) digits = (digits + event.key).slice(-3);
  else if (event.key === "Escape") digits = "";
  else if (event.key !== "Enter" || !digits) return;
  const line = list.querySelector(`[data-numero="${Number(digits)}"]`);
  const name = line ? line.querySelector(".qui b").textContent : "aucun nom";
  announce.classList.remove("hors-ecran");
  announce.textContent = digits ? digits + " : " + name + (line ? ", Entrée pour noter" : "") : "";
  if (event.key !== "Enter") return;
  digits = "";
  if (line) line.querySelector(".geste").requestSubmit();
}

if (list) {
  search.form.addEventListener("submit", (event) => { if (!document.getElementById("aucun").hidden) return; event.preventDefault(); });
  search.addEventListener("input", filter);
  document.addEventListener("submit", gesture, true);
  document.addEventListener("keydown", byNumber);
}
