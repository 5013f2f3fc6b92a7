/* Never lose work: each change goes to the server; a lost network or session is said and tried again. */
(() => {
  "use strict";
  const form = document.getElementById("draft-form");
  if (!form) return;
  const DELAYS = [1, 2, 5, 10, 20];
  const state = { unsent: 0, tries: 0, timer: 0, renewed: false, skipped: false, away: false, waiting: null,
    dirty: new Set(), later: new Set() };
  const box = () => document.getElementById("save-state");

  function say(text, kind) {
    box()?.classList.toggle("is-offline", kind === "offline");
    if (box()) box().textContent = text;
  }

  const send = () => form.dispatchEvent(new Event("change", { bubbles: true }));

  function later() {
    const wait = DELAYS[Math.min(state.tries, DELAYS.length - 1)];
    state.tries += 1;
    say(form.dataset.offline.replace("{n}", wait), "offline");
    clearTimeout(state.timer);
    state.timer = setTimeout(send, wait * 1000);
  }

  /* A new token from the same page, then the same change again: an expired session costs nothing. */
  async function renew() {
    if (state.renewed) { say(form.dataset.expired, "offline"); return; }
    state.renewed = true;
    try {
      const answer = await fetch(location.pathname, { credentials: "same-origin" });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const token = page.querySelector("input[name=csrf_token]")?.value;
      if (!token || !page.getElementById("draft-form")) {
        Object.assign(state, { renewed: false, away: true });
        say(form.dataset.expired, "offline");
        return;
      }
      document.querySelectorAll("input[name=csrf_token]").forEach((input) => { input.value = token; });
      send();
    } catch {
      later();
    }
  }

  function changed(event) {
    state.unsent += 1;
    if (event.target.name?.startsWith("/")) { state.dirty.add(event.target.name); state.later.add(event.target.name); }
    form.dataset.pending = "yes";
  }

  const ours = ({ elt, requestConfig }) => requestConfig?.verb === "post" && Boolean(elt.closest?.("#draft-form"));

  /* An act that leaves the page waits for what is on its way: its version would be old. */
  function settled() {
    form.dataset.pending = "no";
    const button = state.waiting;
    state.waiting = null;
    if (button) setTimeout(() => form.requestSubmit(button.isConnected ? button : document.getElementById(button.id)));
  }

  form.addEventListener("submit", (event) => {
    const button = event.submitter;
    const leaves = button && button.id !== "default-submit";
    if (leaves && form.dataset.pending !== "yes") return;
    event.preventDefault();
    if (leaves) state.waiting = button; else send();
  });

  form.addEventListener("input", changed);
  form.addEventListener("change", changed);

  document.addEventListener("htmx:beforeRequest", (event) => {
    if (!ours(event.detail)) return;
    if (event.detail.elt === form) state.unsent = 0;
    form.dataset.pending = "yes";
    box()?.classList.add("is-saving");
  });

  document.addEventListener("htmx:afterRequest", (event) => {
    const { successful, xhr } = event.detail;
    if (!ours(event.detail)) return;
    box()?.classList.remove("is-saving");
    if (successful) {
      if (state.unsent === 0) settled();
      Object.assign(state, { tries: 0, renewed: false });
      if (event.detail.elt === form) state.dirty = new Set(state.later);
      box()?.classList.remove("is-offline");
      clearTimeout(state.timer);
    } else if (xhr.status === 0 || xhr.status >= 500) {
      state.unsent += 1;
      later();
    } else if (xhr.status === 400 || xhr.status === 401) {
      state.unsent += 1;
      renew();
    }
  });

  /* Fields changed after the request left must not be overwritten by its answer: the next one is asked to bring them. */
  document.addEventListener("htmx:oobBeforeSwap", (event) => {
    if (state.unsent === 0 || !event.detail.target.querySelector("[name^='/']")) return;
    event.detail.shouldSwap = false;
    state.skipped = true;
  });

  /* A change sends the fields changed since the last answer, and never repeats the act of the button last pressed. */
  document.addEventListener("htmx:configRequest", (event) => {
    if (event.detail.elt !== form) return;
    event.detail.path = form.getAttribute("hx-post");
    const given = event.detail.formData;
    for (const name of new Set([...given.keys()])) {
      if (!state.dirty.has(name) && name !== "version" && name !== "csrf_token") given.delete(name);
    }
    if (state.skipped) given.set("whole", "1");
    state.skipped = false;
    state.later = new Set();
  });

  /* What is being typed keeps its text, what was unfolded stays so. */
  if (window.Idiomorph) {
    Idiomorph.defaults.ignoreActiveValue = true;
    Idiomorph.defaults.callbacks.beforeAttributeUpdated = (name, node) => !(name === "open" && node.matches("details"));
  }

  /* Back from the tab where the user logged in again: what waits is sent. */
  window.addEventListener("focus", () => { if (state.away) { state.away = false; send(); } });
  window.addEventListener("online", () => { if (state.tries) send(); });
  window.addEventListener("beforeunload", (event) => { if (state.tries && state.unsent) event.preventDefault(); });

  if ("BroadcastChannel" in window) {
    const channel = new BroadcastChannel(`draft:${location.pathname}`);
    const warn = () => { const notice = document.getElementById("two-tabs"); if (notice) notice.hidden = false; };
    channel.onmessage = ({ data }) => { warn(); if (data === "open") channel.postMessage("here"); };
    channel.postMessage("open");
  }
})();
