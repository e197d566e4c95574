// The save bar comes forward when something was changed, and nobody leaves by accident.
// Without this file every button stands on the page all the same.
(function () {
  var form, bar, said, dirty, leaving;
  function show() { bar.classList.toggle("changed", dirty); }
  function changed() { dirty = true; show(); }
  function inTheWay() { return form && form.isConnected && dirty && !leaving; }
  window.addEventListener("beforeunload", function (event) {
    if (!inTheWay()) { return; }
    event.preventDefault();
    event.returnValue = form.dataset.unsaved;
  });
  document.addEventListener("postvendita:leave", function (event) {
    if (inTheWay() && !window.confirm(form.dataset.unsaved)) { event.preventDefault(); }
  });
  window.addEventListener("pageshow", function () { leaving = false; });
  // What goes on while a form is lived through is said aloud as well as shown.
  function saying(word) { return function () { if (said) { said.textContent = said.dataset[word]; } }; }
  ["htmx:afterSwap", "htmx:after:swap"].forEach(function (name) {
    document.addEventListener(name, function () {
      var title = document.getElementById("simulated-title");
      saying("done")();
      if (title) { title.focus(); }
    });
  });
  window.postvendita.page(function () {
    form = document.getElementById("policy");
    if (!form) { return; }
    bar = form.querySelector(".savebar");
    said = document.getElementById("simulating-said");
    dirty = form.dataset.dirty === "yes";
    leaving = false;
    form.addEventListener("input", changed);
    form.addEventListener("change", changed);
    form.addEventListener("submit", function () { leaving = true; });
    bar.querySelector("[data-discard]").addEventListener("click", function () { leaving = true; });
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
    ["htmx:beforeRequest", "htmx:before:request"].forEach(function (name) { form.addEventListener(name, saying("going")); });
    show();
  });
}());
