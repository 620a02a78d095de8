/* Small comforts; every page is complete without them.
   A form sent twice is sent once, the label says it is on its way (not a form whose answer is a file: its page stays); a long work refreshes by itself; an address copies itself. */
"use strict";

const SENDING = "Envoi…";
const REFRESH_MS = 4000;

function holdSecondPress(event) {
  const form = event.target;
  const button = event.submitter;
  if (event.defaultPrevented || form.method !== "post" || "fichier" in form.dataset) return;
  if (form.dataset.parti) { event.preventDefault(); return; }
  form.dataset.parti = "1";
  if (!button || !button.classList.contains("bouton")) return;
  const label = button.querySelector("span") || button;
  button.dataset.mot = label.textContent;
  button.setAttribute("aria-busy", "true");
  label.textContent = SENDING;
}

function releaseForms() {
  for (const form of document.querySelectorAll("form[data-parti]")) delete form.dataset.parti;
  for (const button of document.querySelectorAll("button[data-mot]")) {
    (button.querySelector("span") || button).textContent = button.dataset.mot;
    button.removeAttribute("aria-busy");
    delete button.dataset.mot;
  }
}

function refreshWork() {
  const idle = document.activeElement === document.body && !document.querySelector("details[open]");
  if (idle && !document.hidden) location.reload();
  else setTimeout(refreshWork, REFRESH_MS);
}

async function copyAddress(event) {
  const button = event.target.closest("[data-copie]");
  if (!button) return;
  await navigator.clipboard.writeText(button.dataset.copie);
  (button.querySelector("span") || button).textContent = "Lien copié";
}

document.addEventListener("submit", holdSecondPress);
document.addEventListener("click", copyAddress);
addEventListener("pageshow", releaseForms);
if (document.querySelector("[data-suivre]")) setTimeout(refreshWork, REFRESH_MS);
