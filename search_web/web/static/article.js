// The page works without it: keys n and p go from mark to mark, buttons copy citations.
"use strict";

const bar = document.querySelector(".marks");
const marks = [...document.querySelectorAll(".story mark[id]")];
if (bar && marks.length > 1) goThrough(marks, bar);
for (const button of document.querySelectorAll("button[data-copy]")) copyWith(button);

function goThrough(places, frame) {
  const place = frame.querySelector("output");
  let current = places.findIndex((mark) => `#${mark.id}` === location.hash);
  for (const button of frame.querySelectorAll("button")) button.addEventListener("click", () => go(Number(button.dataset.step)));
  show();

  // Off while something is typed, and for good by the link "without marks" beside them.
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "n") go(1);
    else if (event.key === "p") go(-1);
  });
  addEventListener("hashchange", () => {
    const found = places.findIndex((mark) => `#${mark.id}` === location.hash);
    if (found >= 0) current = found;
    show();
  });

  function go(by) {
    current = current < 0 && by < 0 ? places.length - 1 : (current + by + places.length) % places.length;
    // Not by the hash: each step would be one more page to go back through.
    history.replaceState(null, "", `#${places[current].id}`);
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    places[current].scrollIntoView({ block: "center", behavior: calm ? "auto" : "smooth" });
    show();
  }

  function show() {
    places.forEach((mark, number) => mark.classList.toggle("current", number === current));
    place.textContent = current < 0 ? "" : place.dataset.of.replace("{n}", digits(current + 1));
  }

  function digits(value) {
    return value.toLocaleString(frame.lang, { useGrouping: false, numberingSystem: "latn" });
  }
}

function copyWith(button) {
  const text = document.getElementById(button.dataset.copy);
  const told = button.closest(".cite").querySelector("[role=status]");
  button.hidden = false;
  button.addEventListener("click", async () => {
    told.textContent = "";
    try {
      await navigator.clipboard.writeText(text.textContent);
      told.textContent = told.dataset.done;
    } catch {
      // Without HTTPS there is no clipboard for pages; a reader has the keys for it.
      getSelection().selectAllChildren(text);
      told.textContent = told.dataset.failed;
    }
  });
}
