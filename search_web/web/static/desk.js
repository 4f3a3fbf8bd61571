// Works without it: buttons that copy; the texts can be selected too.
"use strict";

for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) break;
  const words = button.textContent;
  const status = document.getElementById("copied");
  button.hidden = false;
  button.addEventListener("click", async () => {
    const area = document.getElementById(button.dataset.copy);
    try {
      await navigator.clipboard.writeText(area.value);
      button.textContent = button.dataset.done;
      if (status) status.textContent = button.dataset.done;
      setTimeout(() => {
        button.textContent = words;
        if (status) status.textContent = "";
      }, 2000);
    } catch {
      area.focus();
      area.select();
    }
  });
}
