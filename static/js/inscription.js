/* Names of organisations proposed while one is typed; without this script the field takes any text all the same. */
"use strict";

const WAIT_MS = 180;
const field = document.querySelector("[data-noms]");

async function propose() {
  const typed = field.value.trim();
  if (typed.length < 2) return;
  const answer = await fetch(field.dataset.noms + "?q=" + encodeURIComponent(typed));
  if (!answer.ok || field.value.trim() !== typed) return;
  field.list.replaceChildren(...(await answer.json()).map((name) => new Option("", name)));
}

if (field) {
  let waiting = 0;
  field.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(propose, WAIT_MS);
  });
}
