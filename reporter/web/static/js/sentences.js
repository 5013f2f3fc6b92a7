/* A rewritten sentence goes to the server when its field is left; until then no answer to another change touches it. */
(() => {
  "use strict";
  const form = document.getElementById("draft-form");
  if (!form || !window.Idiomorph) return;
  const FIELD = "#sentences textarea";
  const waiting = new Set();
  const own = (node) => Boolean(node.matches?.(FIELD));
  const areaOf = (node) => (own(node) ? node : node.closest?.(".sentence-tools")?.querySelector("textarea"));
  const sentences = (data) => [...new Set(data.keys())].filter((name) => name.startsWith("text-"));
  const holds = (node) => [...waiting].some((area) => node === area || node.contains?.(area));

  /* What is typed is no change of the draft before the field is left. */
  form.addEventListener("input", (event) => {
    if (!own(event.target)) return;
    event.stopPropagation();
    waiting.add(event.target);
  }, true);

  /* Typed and taken back: nothing waits. */
  form.addEventListener("focusout", ({ target }) => {
    if (own(target) && target.value === target.defaultValue) waiting.delete(target);
  });

  /* Its values are read now: what is typed from here on waits for the next time. A request takes its own sentence only. */
  document.addEventListener("htmx:configRequest", ({ detail }) => {
    const area = areaOf(detail.elt);
    if (area) waiting.delete(area);
    for (const name of sentences(detail.formData)) if (name !== area?.name) detail.formData.delete(name);
  });

  /* What did not arrive goes again, once something does. */
  document.addEventListener("htmx:afterRequest", ({ detail }) => {
    const area = areaOf(detail.elt);
    if (!detail.successful && area) waiting.add(area);
    if (!detail.successful || detail.elt !== form) return;
    for (const one of waiting) {
      if (one !== document.activeElement) one.dispatchEvent(new Event("change", { bubbles: true }));
    }
  });

  const callbacks = Idiomorph.defaults.callbacks;
  callbacks.beforeNodeMorphed = (node) => !(own(node) && waiting.has(node));
  callbacks.beforeNodeRemoved = (node) => !holds(node);

  /* A page that leaves sends no sentence: each has gone by itself, or is asked about. */
  let leaving = false;
  form.addEventListener("submit", (event) => {
    leaving = !event.defaultPrevented;
    setTimeout(() => { leaving = false; });
  });
  form.addEventListener("formdata", ({ formData }) => {
    if (leaving) sentences(formData).forEach((name) => formData.delete(name));
  });
  window.addEventListener("beforeunload", (event) => { if (waiting.size) event.preventDefault(); });
})();
