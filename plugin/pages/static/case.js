// Esc goes back: first out of a field, then out of an open menu, then to the page one came from.
document.addEventListener("keydown", function (event) {
  if (event.key !== "Escape" || event.defaultPrevented || event.isComposing) { return; }
  var at = document.activeElement;
  if (at && at.matches("input:not([type=range]), select, textarea")) { at.blur(); return; }
  var open = document.querySelector("details.rest[open]");
  if (open) { open.open = false; open.querySelector("summary").focus(); return; }
  var back = document.querySelector("a[data-back]");
  if (back) { back.click(); }
});
// A link to a place inside something folded unfolds it; the menu it stood in folds again.
document.addEventListener("click", function (event) {
  var link = event.target.closest("a[href^='#']");
  if (!link) { return; }
  var menu = link.closest("details.rest");
  if (menu) { menu.open = false; }
  var target = document.getElementById(link.getAttribute("href").slice(1));
  if (target && target.matches("details")) { target.open = true; }
  var field = target && target.querySelector("textarea, input:not([type=hidden])");
  if (field && target.id === "note") { setTimeout(function () { field.focus(); }, 0); }
});
// The time machine's slider shows a moment as soon as it rests there; without a script a button does.
// Whoever moves through time by the keyboard stays where he was on the next page.
window.postvendita.page(function () {
  document.querySelectorAll("form[data-slides]").forEach(function (form) {
    var places = { slider: "input[type=range]", prev: "a[rel=prev]", next: "a[rel=next]" };
    function stay(place) { try { sessionStorage.setItem("time-machine", place); } catch (_) { return; } }
    form.querySelector(places.slider).addEventListener("change", function () { stay("slider"); form.requestSubmit(); });
    ["prev", "next"].forEach(function (place) {
      var link = form.querySelector(places[place]);
      if (link) { link.addEventListener("click", function () { stay(place); }); }
    });
    try {
      var again = form.querySelector(places[sessionStorage.getItem("time-machine")] || "none");
      sessionStorage.removeItem("time-machine");
      if (again) { again.focus(); }
    } catch (_) { return; }
  });
});
