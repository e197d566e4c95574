// The inbox by keyboard: j k x Enter / ?. Everything here can be done without it.
(function () {
  "use strict";
  var form, search, help, rows;

  function here() { return rows.indexOf(document.activeElement && document.activeElement.closest("tr")); }
  function stand(at) {
    var row = rows[Math.max(0, Math.min(rows.length - 1, at))];
    if (row) {
      row.querySelector(".row").focus({ preventScroll: true });
      row.scrollIntoView({ block: "nearest" });
    }
  }
  function tell() {
    var line = form.querySelector(".picked"), count = form.querySelectorAll("input[name=case]:checked").length;
    var text = count === 0 ? line.dataset.none : count === 1 ? line.dataset.one : line.dataset.many;
    line.textContent = text.replace("{count}", count);
    form.classList.toggle("has-picked", count > 0);
  }
  function pick() {
    var row = rows[here()], box = row && row.querySelector("input[name=case]");
    if (box) { box.checked = !box.checked; tell(); }
  }
  function onlyWhatIsAsked() {
    var chosen = form.querySelector("select[name=do]");
    if (!chosen) { return; }
    form.querySelectorAll("[data-for]").forEach(function (field) {
      field.hidden = field.dataset.for !== chosen.value;
    });
  }

  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) { return; }
    if (!search || (help && help.open)) { return; } // another page, or the list of keys
    var typing = event.target.closest("input:not([type=checkbox]), select, textarea");
    if (typing) {
      if (event.key === "Escape") { event.target.blur(); }
      return;
    }
    var did = true;
    switch (event.key) {
      case "j": stand(here() + 1); break;
      case "k": stand(here() < 0 ? 0 : here() - 1); break;
      case "x": pick(); break;
      case "/": search.focus(); search.select(); break;
      case "?": if (help) { help.showModal(); } break;
      default: did = false; // Enter is the link's or the button's own
    }
    if (did) { event.preventDefault(); }
  });

  window.postvendita.page(function () {
    form = document.getElementById("inbox");
    search = document.getElementById("q");
    help = document.getElementById("keys");
    rows = form ? Array.prototype.slice.call(form.querySelectorAll("tbody tr")) : [];
    if (!form) { return; }
    form.addEventListener("change", function () { tell(); onlyWhatIsAsked(); });
    form.addEventListener("submit", function (event) {
      // What comes back is a file and the page stays: its buttons must not die.
      form.toggleAttribute("data-stays", !!(event.submitter && event.submitter.hasAttribute("data-file")));
    });
    document.querySelectorAll("[data-help]").forEach(function (button) {
      button.hidden = false;
      button.addEventListener("click", function () { help.showModal(); });
    });
    onlyWhatIsAsked();
    tell();
  });
})();
