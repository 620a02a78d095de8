/* Adding a person, or copying the contact into the first, where one stands: no request, nothing typed leaves, and « back » finds the form again.
   Without this script the same buttons ask the server for it, which also removes a person and says when there are enough. */
"use strict";

const model = document.getElementById("modele-personne");
const people = document.querySelector("[name=people]");
const byId = (id) => document.getElementById(id);

function written(text, number) {
  return text.replaceAll("_0_", number).replaceAll("_1_", number + 1);
}

function numbered(number) {
  const copy = document.importNode(model.content, true);
  for (const element of copy.querySelectorAll("*"))
    for (const attribute of element.attributes) attribute.value = written(attribute.value, number);
  const texts = document.createTreeWalker(copy, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) texts.currentNode.data = written(texts.currentNode.data, number);
  return copy;
}

function add(event) {
  const number = document.querySelectorAll("section.personne").length;
  if (number + 1 >= Number(people.dataset.plus)) return;
  event.preventDefault();
  model.before(numbered(number));
  people.value = number + 1;
  for (const button of document.querySelectorAll("[name=retirer]")) button.hidden = false;
  byId(`p${number}-first_name`).focus();
}

function copyContact(event) {
  const [first, ...rest] = byId("contact_name").value.trim().split(/\s+/);
  event.preventDefault();
  byId("p0-first_name").value = first;
  byId("p0-last_name").value = rest.join(" ");
  byId("p0-email").value = byId("contact_email").value.trim();
  event.currentTarget.hidden = true;
  byId("p0-first_name").focus();
}

document.querySelector("[name=ajouter]")?.addEventListener("click", add);
document.querySelector("[name=recopier]")?.addEventListener("click", copyContact);
