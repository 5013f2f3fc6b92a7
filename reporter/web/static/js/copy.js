/* Copy the report or one section: plain and rich text together, line breaks, œ and ° kept. */
(() => {
  "use strict";

  async function plain(button, source) {
    if (!button.dataset.copyPlain) return source.innerText;
    const answer = await fetch(button.dataset.copyPlain, { credentials: "same-origin" });
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.text();
  }

  function rich(source) {
    const copy = source.cloneNode(true);
    copy.querySelectorAll("button, form, .no-copy, .visually-hidden").forEach((element) => element.remove());
    copy.querySelectorAll("*").forEach((element) => {
      [...element.attributes].forEach((attribute) => element.removeAttribute(attribute.name));
    });
    return copy.innerHTML;
  }

  async function copy(button) {
    const source = document.querySelector(button.dataset.copy);
    const text = plain(button, source);
    const html = Promise.resolve(rich(source));
    const blob = (content, type) => content.then((value) => new Blob([value], { type }));
    await navigator.clipboard.write([new ClipboardItem({
      "text/plain": blob(text, "text/plain"),
      "text/html": blob(html, "text/html"),
    })]);
  }

  function select(source) {
    getSelection().selectAllChildren(source);
    return document.execCommand("copy");
  }

  document.addEventListener("click", async (event) => {
    const button = event.target.closest?.("[data-copy]");
    if (!button) return;
    event.preventDefault();
    const status = document.getElementById("copy-state");
    let done = true;
    try { await copy(button); } catch { done = select(document.querySelector(button.dataset.copy)); }
    if (status) status.textContent = done ? status.dataset.done : status.dataset.failed;
  });
})();
