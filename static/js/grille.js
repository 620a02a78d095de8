/* The grid of ateliers by keyboard: arrows go from cell to cell, x ticks a cell and goes on to the next. Without it, Tab and Space do. */
"use strict";

const grid = document.querySelector("[data-grille]");
const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

function rows() {
  return [...grid.querySelectorAll("tbody tr:not(.bande)")].map((row) => [...row.querySelectorAll("td")]);
}

/* The next cell with a box in one direction; cells whose atelier has people hold none and are stepped over. */
function neighbour(cells, box, [down, right]) {
  let line = cells.findIndex((row) => row.some((cell) => cell.contains(box)));
  let column = cells[line].findIndex((cell) => cell.contains(box));
  for (;;) {
    line += down;
    column += right;
    const cell = cells[line]?.[column];
    if (!cell) return null;
    const found = cell.querySelector("input[type=checkbox]");
    if (found) return found;
  }
}

function following(box) {
  const boxes = [...grid.querySelectorAll("input[type=checkbox]")];
  return boxes[boxes.indexOf(box) + 1];
}

function onKey(event) {
  const box = event.target.closest("input[type=checkbox]");
  if (!box || event.ctrlKey || event.metaKey || event.altKey) return;
  const tick = event.key.toLowerCase() === "x";
  if (!tick && !(event.key in STEPS)) return;
  event.preventDefault();
  if (tick) box.checked = !box.checked;
  (tick ? following(box) : neighbour(rows(), box, STEPS[event.key]))?.focus();
}

if (grid) {
  grid.addEventListener("keydown", onKey);
  for (const hint of document.querySelectorAll("[data-clavier]")) hint.hidden = false;
}
