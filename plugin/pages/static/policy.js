// The save bar comes forward when something was changed, and nobody leaves by accident.
// Without this file every button stands on the page all the same.
(function () {
  var form = document.getElementById("policy");
  if (!form) { return; }
  var bar = form.querySelector(".savebar");
  var said = document.getElementById("simulating-said");
  var dirty = form.dataset.dirty === "yes", leaving = false;
  function show() { bar.classList.toggle("changed", dirty); }
  function changed() { dirty = true; show(); }
  form.addEventListener("input", changed);
  form.addEventListener("change", changed);
  form.addEventListener("submit", function () { leaving = true; });
  bar.querySelector("[data-discard]").addEventListener("click", function () { leaving = true; });
  window.addEventListener("beforeunload", function (event) {
    if (!dirty || leaving) { return; }
    event.preventDefault();
    event.returnValue = form.dataset.unsaved;
  });
  window.addEventListener("pageshow", function () { leaving = false; });
  // An offer of what was earned: one click chooses, and publishing stays a click of its own.
  document.querySelectorAll("button[data-choose]").forEach(function (button) {
    var select = form.querySelector('select[name="' + button.dataset.choose + '"]');
    button.hidden = !select;
    button.addEventListener("click", function () {
      select.value = "auto";
      select.focus();
      changed();
    });
  });
  // What goes on while a form is lived through is said aloud as well as shown.
  function saying(word) { return function () { if (said) { said.textContent = said.dataset[word]; } }; }
  ["htmx:beforeRequest", "htmx:before:request"].forEach(function (name) { form.addEventListener(name, saying("going")); });
  ["htmx:afterSwap", "htmx:after:swap"].forEach(function (name) {
    document.addEventListener(name, function () {
      var title = document.getElementById("simulated-title");
      saying("done")();
      if (title) { title.focus(); }
    });
  });
  show();
}());
