// A button dies on its click: the server takes the second one for what it is, people need not see it.
document.addEventListener("submit", function (event) {
  event.target.querySelectorAll("button").forEach(function (button) { button.disabled = true; });
});
// Going back to a page the browser kept: its buttons live again, the server knows what was done.
window.addEventListener("pageshow", function (event) {
  if (event.persisted) { document.querySelectorAll("button").forEach(function (button) { button.disabled = false; }); }
});
// A draft is selected whole where it is entered, ready to be copied.
document.addEventListener("focusin", function (event) {
  if (event.target.matches("textarea[readonly]")) { event.target.select(); }
});
