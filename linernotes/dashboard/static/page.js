// What a page does besides being read: printing, copying its link, telling of newer data.
"use strict";
const whole = document.getElementById("whole");
// Pages without encryption have no clipboard interface, and a browser may refuse to let them use it.
function copiedFrom(field) {
  field.select();
  try { return document.execCommand("copy"); } catch { return false; }
}
function copyLink(button) {
  const result = document.querySelector("[data-copy-result]");
  const field = document.querySelector("[data-copy-field]");
  const copied = () => {
    field.hidden = true;
    button.focus();
    result.textContent = "Link copied.";
    setTimeout(() => { result.textContent = ""; }, 4000);
  };
  const fromField = () => {
    field.hidden = false;
    field.value = location.href;
    if (copiedFrom(field)) copied();
    else result.textContent = "Copy the link from this field.";
  };
  if (navigator.clipboard) navigator.clipboard.writeText(location.href).then(copied, fromField);
  else fromField();
}
document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.hasAttribute("data-print")) window.print();
  if (button.hasAttribute("data-copy-link")) copyLink(button);
});
// Wide screens show the menu and the filters; narrow ones open them on demand.
const menu = document.querySelector("details.menu");
if (menu) {
  const wide = window.matchMedia("(min-width: 900px)");
  const settle = () => { menu.open = wide.matches; };
  wide.addEventListener("change", settle);
  settle();
}
window.addEventListener("beforeprint", () => {
  for (const part of document.querySelectorAll("details.behind:not([open])")) { part.open = true; part.dataset.printed = ""; }
});
window.addEventListener("afterprint", () => {
  for (const part of document.querySelectorAll("details[data-printed]")) { part.open = false; delete part.dataset.printed; }
});
if (whole) {
  const shown = whole.dataset.publication;
  const look = () => fetch("/publication", { headers: { accept: "text/plain" } })
    .then((answer) => (answer.ok ? answer.text() : shown))
    .then((now) => {
      if (now === shown || document.querySelector(".newer")) return;
      const note = document.createElement("p");
      note.className = "note newer";
      note.setAttribute("role", "status");
      const link = document.createElement("a");
      link.href = location.href;
      link.textContent = "Show it";
      note.append("Newer data has been published. ", link);
      document.getElementById("main").prepend(note);
    })
    .catch(() => {});
  setInterval(look, 10000);
  requestAnimationFrame(() => requestAnimationFrame(() => { document.documentElement.dataset.drawn = ""; }));
}
