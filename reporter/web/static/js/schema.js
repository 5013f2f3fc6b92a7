/* The picture: a place chosen with the mouse, Enter or Space is sent to the server, which adds the sign or asks which. */
(() => {
  "use strict";

  function send(shape) {
    const button = document.getElementById("schema-send");
    if (!button) return;
    document.querySelectorAll("input[data-place]").forEach((input) => {
      input.value = shape.dataset[input.dataset.place] || "";
    });
    button.form.requestSubmit(button);
  }

  function chosen(event) {
    const shape = event.target.closest?.("#schema [data-site]");
    if (!shape || (event.type === "keydown" && event.key !== "Enter" && event.key !== " ")) return;
    event.preventDefault();
    send(shape);
  }

  document.addEventListener("click", chosen);
  document.addEventListener("keydown", chosen);
})();
