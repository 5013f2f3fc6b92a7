/* Keyboard: every shortcut is declared in the page (data-shortcut, data-shortcut-plain), so the help cannot lie. */
(() => {
  "use strict";
  const TYPED = "input:not([type=radio], [type=checkbox], [type=submit], [type=button]), textarea, select";

  function activate(target) {
    if (target.matches(TYPED)) { target.focus(); target.select?.(); } else { target.click(); }
  }

  function letter(event) {
    if (/^[a-z0-9]$/i.test(event.key)) return event.key.toLowerCase();
    return event.code.startsWith("Key") ? event.code.slice(3).toLowerCase() : "";
  }

  function visible(selector) {
    const scope = document.querySelector("dialog[open]") || document;
    return [...scope.querySelectorAll(selector)].find((element) => element.checkVisibility());
  }

  function declared(event) {
    if (event.altKey && !event.ctrlKey && !event.metaKey) {
      const key = letter(event);
      return key && visible(`[data-shortcut="${key}"]`);
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest(TYPED)) return null;
    return visible(`[data-shortcut-plain="${CSS.escape(event.key)}"]`);
  }

  function pickState(event) {
    const row = event.target.closest?.(".check-row");
    const choice = row?.querySelector(`.states input[data-key="${CSS.escape(event.key)}"]`);
    if (!choice || event.target.closest(TYPED)) return false;
    choice.focus();
    if (!choice.checked) choice.click();
    return true;
  }

  /* Up and down walk from row to row and record nothing; left and right choose, as in any group of radio buttons. */
  function walk(event) {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    const row = step && event.target.matches?.(".check-row .states input") && event.target.closest(".check-row");
    if (!row) return false;
    const rows = [...document.querySelectorAll(".check-row")];
    const next = rows[rows.indexOf(row) + step];
    (next?.querySelector(".states input:checked") || next?.querySelector(".states input"))?.focus();
    return true;
  }

  function open(opener) {
    const dialog = document.getElementById(opener.dataset.opens);
    if (!dialog?.showModal) return false;
    dialog.showModal();
    dialog.querySelector("[data-focus-first]")?.focus();
    return true;
  }

  /* A link to a field opens what hides it and puts the focus in it. */
  function reveal(target) {
    if (!target || target.id === "main") return false;
    for (let fold = target.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
    const control = target.matches("input, select, textarea, button") ? target : target.querySelector("input:not([type=hidden]), select, textarea");
    (control || target).focus();
    target.scrollIntoView({ block: "center" });
    return true;
  }

  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.defaultPrevented) return;
    const plain = !event.altKey && !event.ctrlKey && !event.metaKey;
    if (plain && (pickState(event) || walk(event))) { event.preventDefault(); return; }
    const target = declared(event);
    if (target) { event.preventDefault(); activate(target); }
  });

  document.addEventListener("click", (event) => {
    const opener = event.target.closest?.("[data-opens]");
    if (opener && open(opener)) event.preventDefault();
    const closer = event.target.closest?.("[data-closes]");
    if (closer) closer.closest("dialog")?.close();
    if (closer && !closer.hash) event.preventDefault();
    const link = event.target.closest?.("a[href^='#']");
    if (link && reveal(document.getElementById(link.hash.slice(1)))) event.preventDefault();
  });
})();
