// Works without it: "/" puts the cursor into the search box, the box completes what is typed, and a range of bars
// can be drawn. Every state of a page is an address, so that going back needs nothing here.
"use strict";

document.addEventListener("keydown", (event) => {
  const box = document.getElementById("q");
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  if (event.key !== "/" || !box || typing || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  box.focus();
  box.select();
});

// What a live region says: one that stood there before, and that holds nothing for long.
const teller = document.createElement("span");
teller.className = "hidden";
teller.setAttribute("role", "status");
document.body.append(teller);
let silence = 0;
function tell(words) {
  clearTimeout(silence);
  teller.textContent = words;
  silence = setTimeout(() => { teller.textContent = ""; }, 4000);
}
// A page of results that was just opened says how many there are, and nothing else.
const counted = document.getElementById("count");
if (counted) setTimeout(() => tell(counted.textContent.trim()), 400);

// Addresses without what was left empty.
addEventListener("formdata", ({ formData }) => {
  for (const [name, value] of [...formData]) if (value === "") formData.delete(name);
});

// An ARIA combobox with a listbox (w3.org/WAI/ARIA/apg/patterns/combobox). The box keeps what was typed until a
// completion is chosen, and no key is taken from an input method that is composing.
for (const form of document.querySelectorAll("form[data-suggest]")) completeIn(form, form.elements.q);

function completeIn(form, box) {
  const WAIT_MS = 120;
  const LONGEST = 64;
  const FIELDS = ["author", "section", "source"];
  const FOUND = (form.dataset.found || "").split("|");
  // Keyboards on glass compose all the time and show their proposals in themselves; others lay them over the page.
  const onGlass = matchMedia("(pointer: coarse)").matches;
  const list = document.createElement("ul");
  let composing = false;
  let pressing = false;
  let active = -1;
  let timer = 0;
  let request = null;

  list.id = "completions";
  list.className = "completions";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-labelledby", "q-label");
  form.append(list);
  for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-haspopup", "listbox"],
    ["aria-controls", list.id], ["aria-expanded", "false"]]) box.setAttribute(name, value);

  box.addEventListener("compositionstart", () => {
    composing = true;
    if (!onGlass) close();
  });
  box.addEventListener("compositionend", () => {
    composing = false;
    later();
  });
  box.addEventListener("input", (event) => {
    if (onGlass || !(composing || event.isComposing)) later();
  });
  box.addEventListener("blur", () => { if (!pressing) close(); });
  box.addEventListener("keydown", (event) => {
    // 229: Safari ends a composition before the key that ended it.
    if (composing || event.isComposing || event.keyCode === 229) return;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (list.hidden) {
        if (event.key === "ArrowDown" && !event.shiftKey) ask();
        return;
      }
      event.preventDefault();
      move(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter" && active >= 0) {
      event.preventDefault();
      choose(list.children[active]);
    } else if (event.key === "Escape" && !list.hidden) {
      // Else the browser would empty the box too.
      event.preventDefault();
      close();
    } else if (event.key === "Home" || event.key === "End") {
      // They move in the text, which is then what Enter searches.
      select(-1);
    } else if (event.key === "Tab") {
      close();
    }
  });
  // The box keeps the focus, except where an input method must end first.
  list.addEventListener("mousedown", (event) => { if (!composing) event.preventDefault(); });
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) choose(option);
  });
  // Before the box loses the focus: a press on the list must not take the list away.
  document.addEventListener("pointerdown", (event) => {
    pressing = list.contains(event.target);
    if (!form.contains(event.target)) close();
  });
  form.addEventListener("submit", close);
  // A page that comes back from the browser's memory.
  addEventListener("pagehide", close);

  function later() {
    clearTimeout(timer);
    request?.abort();
    timer = setTimeout(ask, WAIT_MS);
  }

  async function ask() {
    clearTimeout(timer);
    request?.abort();
    const typed = box.value;
    // With the cursor inside, the end is not what is being typed.
    if (!typed.trim() || [...typed].length > LONGEST || box.selectionEnd !== typed.length) return close();
    const address = new URL(form.dataset.suggest, location.href);
    address.searchParams.set("q", typed);
    for (const { value } of form.querySelectorAll("input[type=hidden][name=lang]")) address.searchParams.append("lang", value);
    const mine = request = new AbortController();
    try {
      const response = await fetch(address, { signal: mine.signal });
      const found = response.ok ? (await response.json()).completions : [];
      if (mine === request && box.value === typed && document.activeElement === box) show(found);
    } catch {
      // Cut off by the next letter, or no network: a plain box.
      if (mine === request) close();
    }
  }

  function show(completions) {
    if (composing && !onGlass) return;
    list.replaceChildren(...completions.map(option));
    select(-1);
    list.hidden = completions.length === 0;
    box.setAttribute("aria-expanded", String(!list.hidden));
    if (completions.length) tell(FOUND[Math.min(completions.length, FOUND.length) - 1]);
  }

  function option(completion, number) {
    const item = document.createElement("li");
    const text = document.createElement("bdi");
    item.id = `completion-${number}`;
    item.dataset.query = completion.query;
    item.setAttribute("role", "option");
    item.setAttribute("aria-selected", "false");
    text.lang = completion.lang;
    text.dir = completion.dir;
    text.textContent = completion.text;
    item.append(text);
    if (FIELDS.includes(completion.kind)) {
      const kind = document.createElement("span");
      kind.className = "count";
      kind.textContent = form.dataset[completion.kind];
      item.append(" ", kind);
    }
    return item;
  }

  function move(step) {
    // One place more than there are options: the box itself.
    const places = list.children.length + 1;
    select((active + 1 + step + places) % places - 1);
  }

  function select(number) {
    list.children[active]?.setAttribute("aria-selected", "false");
    active = number;
    const chosen = list.children[active];
    if (chosen) {
      chosen.setAttribute("aria-selected", "true");
      chosen.scrollIntoView({ block: "nearest" });
      box.setAttribute("aria-activedescendant", chosen.id);
    } else {
      box.removeAttribute("aria-activedescendant");
    }
  }

  function choose(option) {
    const query = option.dataset.query;
    close();
    box.value = query;
    form.requestSubmit();
  }

  function close() {
    clearTimeout(timer);
    request?.abort();
    request = null;
    list.hidden = true;
    select(-1);
    list.replaceChildren();
    box.setAttribute("aria-expanded", "false");
  }
}

for (const chart of document.querySelectorAll("svg.chart")) drawRangesIn(chart);

// Bars are links. Drawn over with the mouse or a finger they become a range; for the Tab key they are one stop, and
// the arrow keys go from bar to bar.
function drawRangesIn(chart) {
  const firsts = chart.dataset.firsts.split(" ");
  const lasts = chart.dataset.lasts.split(" ");
  const links = [...chart.querySelectorAll("a")];
  const backwards = getComputedStyle(chart).direction === "rtl";
  let reach = null;
  let begin = -1;
  let end = -1;

  stopAt(links.find((link) => !link.classList.contains("off")) || links[0]);
  chart.addEventListener("keydown", (event) => {
    if (event.key === "Escape") return forget();
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const at = links.indexOf(event.target.closest("a"));
    const later = backwards ? "ArrowLeft" : "ArrowRight";
    const earlier = backwards ? "ArrowRight" : "ArrowLeft";
    const next = { [later]: at + 1, [earlier]: at - 1, Home: 0, End: links.length - 1 }[event.key];
    if (at < 0 || next === undefined) return;
    event.preventDefault();
    if (!links[next]) return;
    stopAt(links[next]);
    links[next].focus();
  });

  // Else the browser would drag the link itself.
  chart.addEventListener("dragstart", (event) => event.preventDefault());
  chart.addEventListener("pointerdown", (event) => {
    if (event.button === 0 && event.isPrimary && !event.ctrlKey && !event.metaKey && !event.shiftKey) begin = end = place(event);
  });
  chart.addEventListener("pointermove", (event) => {
    if (begin < 0 || (!reach && place(event) === begin)) return;
    if (!reach) {
      reach = document.createElementNS(chart.namespaceURI, "rect");
      reach.setAttribute("class", "reach");
      reach.setAttribute("height", "60");
      chart.append(reach);
      chart.classList.add("dragging");
      chart.setPointerCapture(event.pointerId);
    }
    end = place(event);
    const low = Math.min(begin, end);
    const width = (Math.abs(end - begin) + 1) * 100 / firsts.length;
    const from = low * 100 / firsts.length;
    reach.setAttribute("x", `${backwards ? 100 - from - width : from}%`);
    reach.setAttribute("width", `${width}%`);
  });
  chart.addEventListener("pointerup", () => {
    const drawn = reach !== null;
    const [low, high] = [Math.min(begin, end), Math.max(begin, end)];
    forget();
    if (!drawn) return;
    const address = new URL(chart.dataset.range, location.href);
    address.searchParams.set("from", firsts[low]);
    address.searchParams.set("to", lasts[high]);
    location.assign(address);
  });
  chart.addEventListener("pointercancel", forget);
  addEventListener("pagehide", forget);

  function place(event) {
    const box = chart.getBoundingClientRect();
    const part = (event.clientX - box.left) / box.width;
    const number = Math.floor((backwards ? 1 - part : part) * firsts.length);
    return Math.max(0, Math.min(firsts.length - 1, number));
  }

  function stopAt(link) {
    for (const other of links) other.setAttribute("tabindex", other === link ? "0" : "-1");
  }

  function forget() {
    reach?.remove();
    reach = null;
    begin = end = -1;
    chart.classList.remove("dragging");
  }
}
