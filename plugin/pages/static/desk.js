// What a page needs is done at once, and again whenever another page is put in its place, as happens
// inside a store's admin.
window.postvendita = {
  page: function (ready) { ready(); document.addEventListener("postvendita:page", ready); }
};
// A button dies on its click: the server takes the second one for what it is, people need not see it.
// It dies a moment later, because a form that is being sent leaves out what is disabled.
document.addEventListener("submit", function (event) {
  var form = event.target;
  if (form.hasAttribute("data-stays")) { return; } // what comes back is a file, and the page stays
  setTimeout(function () {
    form.querySelectorAll("button").forEach(function (button) { button.disabled = true; });
  }, 0);
});
// Going back to a page the browser kept: its buttons live again, the server knows what was done.
window.addEventListener("pageshow", function (event) {
  if (event.persisted) { document.querySelectorAll("button").forEach(function (button) { button.disabled = false; }); }
});
// A draft is selected whole where it is entered, ready to be copied.
document.addEventListener("focusin", function (event) {
  if (event.target.matches("textarea[readonly], input[readonly]")) { event.target.select(); }
});
// Copying with one click, where the browser lets us; without a script the text is there to be selected.
window.postvendita.page(function () {
  document.querySelectorAll("button[data-copy]").forEach(function (button) {
    var label = button.textContent, source = document.getElementById(button.dataset.copy);
    function copied() {
      button.textContent = button.dataset.done;
      setTimeout(function () { button.textContent = label; }, 2000);
    }
    function selected() {
      if (source.select) { source.select(); } else { window.getSelection().selectAllChildren(source); }
      if (document.execCommand("copy")) { copied(); }
    }
    button.hidden = false;
    button.setAttribute("aria-live", "polite");
    button.addEventListener("click", function () {
      var text = "value" in source ? source.value : source.innerText;
      if (navigator.clipboard) { navigator.clipboard.writeText(text).then(copied, selected); } else { selected(); }
    });
  });
});
