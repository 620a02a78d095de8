/* Inserting a field in the message at the cursor; without this script the fields are typed by hand. */
"use strict";

function insert(area, text) {
  area.setRangeText(text, area.selectionStart, area.selectionEnd, "end");
  area.focus();
}

for (const list of document.querySelectorAll("[data-insere]")) {
  const area = document.getElementById(list.dataset.insere);
  area.setSelectionRange(area.value.length, area.value.length);
  for (const name of list.querySelectorAll(".puce")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = name.className;
    button.translate = false;
    button.textContent = name.textContent;
    button.addEventListener("click", () => insert(area, button.textContent));
    name.replaceWith(button);
  }
}
