/* Type-ahead lists (ARIA combobox). The server finds and orders the options; Enter takes the one shown as chosen. */
(() => {
  "use strict";
  const list = (input) => document.getElementById(input.getAttribute("aria-controls"));
  const options = (input) => [...(list(input)?.querySelectorAll("[role=option]") || [])];

  function choose(input, index) {
    const all = options(input);
    all.forEach((option, at) => option.setAttribute("aria-selected", String(at === index)));
    const option = all[index];
    if (option) {
      input.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    } else {
      input.removeAttribute("aria-activedescendant");
    }
  }

  const chosen = (input) => options(input).findIndex((option) => option.getAttribute("aria-selected") === "true");

  function close(input) {
    list(input)?.replaceChildren();
    input.setAttribute("aria-expanded", "false");
    choose(input, -1);
  }

  /* Hidden inputs with data-option take what the option says; only an option computed for the very text may be taken. */
  function fill(input) {
    const fresh = list(input).dataset.query === input.value;
    const option = fresh ? options(input)[chosen(input)] : undefined;
    input.form?.querySelectorAll("input[data-option]").forEach((hidden) => {
      hidden.value = option?.dataset[hidden.dataset.option] ?? "";
    });
  }

  function move(input, step) {
    const count = options(input).length;
    if (count) choose(input, (chosen(input) + step + count) % count);
  }

  document.addEventListener("keydown", (event) => {
    const input = event.target;
    if (!input.matches?.("input[role=combobox]") || event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      move(input, event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Escape" && options(input).length) {
      event.preventDefault();
      close(input);
    } else if (event.key === "Enter") {
      fill(input);
      const button = document.getElementById(input.dataset.submit);
      if (button) { event.preventDefault(); if (input.value.trim()) button.click(); }
    }
  });

  document.addEventListener("mousedown", (event) => {
    if (event.target.closest?.("[role=listbox] [role=option]")) event.preventDefault();
  });

  document.addEventListener("click", (event) => {
    const option = event.target.closest?.("[role=listbox] [role=option]");
    if (!option) return;
    const box = option.closest("[role=listbox]");
    const input = document.querySelector(`input[role=combobox][aria-controls="${box.id}"]`);
    choose(input, options(input).indexOf(option));
    fill(input);
    const button = document.getElementById(input.dataset.submit);
    if (button) button.click(); else input.form.requestSubmit();
  });

  document.addEventListener("htmx:beforeRequest", (event) => {
    const input = event.detail.elt;
    if (input.matches("input[role=combobox]")) input.dataset.asked = input.value;
  });

  document.addEventListener("htmx:afterSwap", (event) => {
    const input = event.detail.requestConfig?.elt;
    if (!input?.matches?.("input[role=combobox]")) return;
    if (input.value !== input.dataset.asked) { list(input).replaceChildren(); return; }
    list(input).dataset.query = input.dataset.asked;
    const any = options(input).length > 0;
    input.setAttribute("aria-expanded", String(any));
    choose(input, any ? 0 : -1);
  });

  /* Entered: the box is empty again. Not understood: the text stays, and what is missing is said. */
  document.addEventListener("htmx:afterRequest", (event) => {
    const { elt, successful, xhr, requestConfig } = event.detail;
    const input = elt.id && document.querySelector(`input[data-submit="${elt.id}"]`);
    if (!input || !successful) return;
    const refused = xhr.getResponseHeader("X-Reporter") === "not-entered";
    if (refused) input.setAttribute("aria-invalid", "true"); else input.removeAttribute("aria-invalid");
    const hint = document.getElementById("quick-refused");
    if (hint) hint.hidden = !refused;
    if (refused || requestConfig.parameters.get("q") !== input.value) return;
    input.value = "";
    close(input);
  });

  /* Typing in the box asks for proposals; it is no change of the draft. */
  document.addEventListener("change", (event) => {
    if (event.target.matches?.("input[role=combobox]")) event.stopImmediatePropagation();
  }, true);

  document.addEventListener("focusout", (event) => {
    if (event.target.matches?.("input[role=combobox]")) setTimeout(() => {
      if (document.activeElement !== event.target) close(event.target);
    }, 120);
  });
})();
