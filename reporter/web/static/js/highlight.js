/* Sentences and fields light each other up, by the names the server wrote in data-fields. */
(() => {
  "use strict";
  const FIELD = "#draft-form [name], .check-row";
  const lit = new Set();

  function clear() {
    lit.forEach((element) => element.classList.remove("is-lit"));
    lit.clear();
  }

  function light(elements) {
    clear();
    elements.forEach((element) => { element.classList.add("is-lit"); lit.add(element); });
  }

  const names = (sentence) => (sentence.dataset.fields || "").split(" ").filter(Boolean);

  /* A field belongs to a sentence that names it, or that names something under it or above it. */
  function concerns(name, field) {
    return name === field || name.startsWith(`${field}/`) || field.startsWith(`${name}/`);
  }

  function fieldsOf(sentence) {
    const wanted = names(sentence);
    return [...document.querySelectorAll("#draft-form [name]")]
      .filter((field) => field.type !== "hidden" && wanted.some((name) => concerns(name, field.name)));
  }

  const place = (field) => field.closest(".check-row, .finding, .field, tr") || field;

  function sentencesOf(element) {
    const field = element.name || element.querySelector("[name]")?.name || "";
    if (!field.startsWith("/")) return [];
    return [...document.querySelectorAll("#report .sentence, #schema [data-fields]")]
      .filter((sentence) => names(sentence).some((name) => concerns(name, field)));
  }

  function over(event) {
    const sentence = event.target.closest?.(".sentence[data-fields]");
    if (sentence) { light([sentence, ...fieldsOf(sentence).map(place)]); return; }
    const field = event.target.closest?.(FIELD);
    if (field) light(sentencesOf(field)); else if (event.type === "focusin") clear();
  }

  document.addEventListener("focusin", over);
  document.addEventListener("mouseover", over);
  document.addEventListener("mouseout", (event) => { if (event.target.closest?.(`.sentence, ${FIELD}`)) clear(); });
  document.addEventListener("click", (event) => {
    const sentence = event.target.closest?.(".sentence[data-fields]");
    if (!sentence || event.target.closest("a, button") || String(getSelection())) return;
    const field = fieldsOf(sentence).find((candidate) => candidate.checkVisibility());
    if (field) { field.focus(); place(field).scrollIntoView({ block: "nearest" }); }
  });
})();
