// Small comforts on top of pages that work without them. No library, no inline script, nothing from elsewhere.
"use strict";

/** Parts that change while people wait: fetched anew until they say that they are done. */
function keepAlive(part) {
  const seconds = Number(part.dataset.every || 2);
  const tick = async () => {
    if (!part.isConnected) return;
    try {
      const answer = await fetch(part.dataset.live, { credentials: "same-origin" });
      if (answer.redirected || answer.status === 401) return location.reload();
      if (answer.ok) {
        const text = await answer.text();
        // Our own pages only; the policy of the page keeps scripts out in any case.
        const fresh = new DOMParser().parseFromString(text, "text/html").querySelector("[data-live]");
        if (!fresh) return location.reload();
        if (fresh.innerHTML !== part.innerHTML) part.replaceChildren(...fresh.childNodes);
        if (fresh.dataset.done !== undefined) {
          if (fresh.dataset.done) location.assign(fresh.dataset.done);
          return;
        }
      }
    } catch { /* The network is away for a moment: try again. */ }
    setTimeout(tick, (document.hidden ? 5 : 1) * seconds * 1000);
  };
  setTimeout(tick, seconds * 1000);
}

/** Files dropped on the page go into the field that is there for them. */
function acceptDrop(zone) {
  const field = zone.querySelector("input[type=file]");
  if (!field) return;
  for (const name of ["dragenter", "dragover"]) {
    zone.addEventListener(name, (event) => { event.preventDefault(); zone.classList.add("over"); });
  }
  zone.addEventListener("dragleave", () => zone.classList.remove("over"));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    zone.classList.remove("over");
    field.files = event.dataTransfer.files;
    field.dispatchEvent(new Event("change", { bubbles: true }));
  });
}

/** A form that was sent is not sent again by a second click. */
function guardForm(form) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    for (const button of form.querySelectorAll("button")) button.setAttribute("aria-disabled", "true");
    setTimeout(() => { delete form.dataset.sent; }, 10000);
  });
}

document.querySelectorAll("[data-live]").forEach(keepAlive);
document.querySelectorAll(".drop").forEach(acceptDrop);
document.querySelectorAll("form[method=post]").forEach(guardForm);

// Coming back to a page that was kept aside: its forms may be sent again, its parts are alive again.
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });

// Ctrl-K or Command-K leads to the search field.
addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
    const field = document.querySelector("[data-shortcut=k]");
    if (field) { event.preventDefault(); field.focus(); field.select(); }
  }
});

// On a narrow screen the menu is closed at first.
const narrow = matchMedia("(max-width: 60rem)");
const foldMenu = () => document.querySelectorAll("[data-narrow-closed]").forEach((part) => { part.open = !narrow.matches; });
foldMenu();
narrow.addEventListener("change", foldMenu);

// A button that copies the command beside it.
document.querySelectorAll("[data-copy]").forEach((button) => {
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    const source = document.getElementById(button.dataset.copy);
    await navigator.clipboard.writeText(source.textContent);
    const said = button.textContent;
    button.textContent = button.dataset.copied;
    setTimeout(() => { button.textContent = said; }, 2000);
  });
});

document.querySelectorAll("[data-print]").forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", () => print());
});
