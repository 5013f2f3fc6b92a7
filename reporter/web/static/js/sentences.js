/* A sentence being rewritten stays as typed until its button is pressed: the answers to other changes leave it alone. */
(() => {
  "use strict";
  const form = document.getElementById("draft-form");
  if (!form || !window.Idiomorph) return;
  const own = (node) => Boolean(node.matches?.("#sentences textarea"));
  const begun = (area) => area.value !== area.defaultValue;

  /* What is typed here is no change of the draft yet. */
  function typed(event) {
    if (!own(event.target)) return;
    event.stopPropagation();
    event.target.classList.toggle("is-begun", begun(event.target));
  }
  form.addEventListener("input", typed, true);
  form.addEventListener("change", typed, true);

  /* The server took the words: its answer shows them, or the sentence they were to replace. */
  document.addEventListener("htmx:beforeOnLoad", ({ detail }) => {
    const area = detail.xhr.status < 300 && detail.elt.closest(".sentence-tools")?.querySelector("textarea");
    if (area) area.defaultValue = area.value;
  });

  Idiomorph.defaults.callbacks.beforeNodeMorphed = (node) => !(own(node) && begun(node));

  /* Signing sends them too, and the server gives them back to be read again; leaving otherwise would lose them. */
  let sent = false;
  form.addEventListener("submit", (event) => { sent = !event.defaultPrevented; });
  window.addEventListener("beforeunload", (event) => {
    if (!sent && [...document.querySelectorAll("#sentences textarea")].some(begun)) event.preventDefault();
  });
})();
