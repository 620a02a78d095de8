/* The list at the door, without reloading: one tap notes, a second takes back; the search filters while one types, then
   looks on the other lists; the number of a line, then Enter, notes it. Without this script each gesture is a form that
   comes back to its button. */
"use strict";

const WAIT_MS = 250;
const list = document.getElementById("liste");
const search = document.getElementById("cherche");
const announce = document.getElementById("annonce");
const elsewhere = document.getElementById("ailleurs");
const newcomer = document.querySelector("#nouvelle a");
const arrivals = newcomer.pathname;
let digits = "";
let waiting = 0;

function folded(text) {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase()
    .replace(/œ/g, "oe").replace(/æ/g, "ae").replace(/[-'’]/g, " ").trim();
}

function filter() {
  const words = folded(search.value).split(/\s+/).filter(Boolean);
  let found = 0;
  for (const line of list.children) {
    const name = " " + folded(line.dataset.nom);
    line.hidden = !words.every((word) => name.includes(" " + word));
    found += !line.hidden;
  }
  const nobody = words.length > 0 && found === 0;
  list.hidden = found === 0;
  document.getElementById("aucun").hidden = !nobody || !list.children.length;
  newcomer.href = arrivals + (nobody ? "?nom=" + encodeURIComponent(search.value.trim()) : "");
  newcomer.classList.toggle("second", found > 0);
  elsewhere.hidden = true;
  clearTimeout(waiting);
  if (nobody) waiting = setTimeout(lookElsewhere, WAIT_MS);
}

async function lookElsewhere() {
  const typed = search.value.trim();
  const address = search.form.action + "?q=" + encodeURIComponent(typed);
  const answer = await fetch(address, { headers: { Accept: "application/json" } }).catch(() => null);
  if (!answer || !answer.ok || search.value.trim() !== typed) return;
  const found = await answer.json();
  elsewhere.querySelector("ul").replaceChildren(...found.map(stranger));
  elsewhere.hidden = found.length === 0;
}

function stranger(person) {
  const line = document.getElementById("modele-ailleurs").content.querySelector("li").cloneNode(true);
  const form = line.querySelector("form");
  line.querySelector("b").textContent = person.last_name + " " + person.first_name;
  line.querySelector("small").textContent = person.where;
  line.querySelector("button .hors-ecran").textContent = " " + person.first_name + " " + person.last_name;
  form.elements.participant.value = person.participant;
  form.elements.nonce.value = person.nonce;
  form.elements.q.value = search.value.trim();
  return line;
}

function recount() {
  const present = list.querySelectorAll('[aria-pressed="true"]').length;
  const here = list.querySelectorAll('[data-sur-place] [aria-pressed="true"]').length;
  const away = list.querySelectorAll(".absence").length;
  const numbers = [present, here, list.children.length - present - away, away];
  document.querySelectorAll("#comptes b").forEach((each, at) => { each.textContent = numbers[at]; });
  document.querySelector("#compte-presences b").textContent = present;
  const bar = document.querySelector(".porte-tete .jauge .plein");
  if (bar) bar.setAttribute("width", (100 * present / list.children.length) + "%");
}

function say(text, shown) {
  announce.textContent = text;
  announce.classList.toggle("hors-ecran", !shown);
}

function show(form, answer) {
  const line = form.closest("li");
  const button = form.querySelector("button");
  const present = answer.status === "present";
  button.setAttribute("aria-pressed", String(present));
  button.classList.remove("absence");
  button.querySelector(".mot").textContent = "Présence";
  button.querySelector(".suite").textContent = "";
  form.elements.status.value = present ? "sans_reponse" : "present";
  form.elements.nonce.value = answer.nonce;
  line.querySelector(".dit").textContent = answer.sentence;
  recount();
  return line.querySelector(".qui b").textContent + " : " + answer.sentence;
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
    return say("Pas de réseau : cette présence n’est pas notée. Appuyez de nouveau dès son retour.", true);
  }
  const told = answer.headers.get("Content-Type") || "";
  if (!answer.ok || !told.includes("json")) return form.submit();
  const sentence = show(form, await answer.json());
  if (!digits) say(sentence, false);  // a slow answer does not hide the number being typed
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
  if (event.target.closest("input, textarea, select") || event.ctrlKey || event.metaKey || event.altKey) return;
  if (/^[0-9]$/.test(event.key)) digits = (digits + event.key).slice(-3);
  else if (event.key === "Escape") digits = "";
  else if (event.key !== "Enter" || !digits) return;
  const line = list.querySelector(`[data-numero="${Number(digits)}"]`);
  const name = line ? line.querySelector(".qui b").textContent : "aucun nom sur cette liste";
  say(digits ? digits + " : " + name + (line ? ", Entrée pour noter" : "") : "", digits !== "");
  if (event.key !== "Enter") return;
  event.preventDefault();
  digits = "";
  if (line) line.querySelector(".geste").requestSubmit();
}

search.addEventListener("input", filter);
document.addEventListener("submit", gesture, true);
document.addEventListener("keydown", byNumber);
