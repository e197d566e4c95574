// The same forms, one file at a time: progress is seen, and a broken line is waited out.
// Without this script the browser sends the form whole, and everything works as well.
(function () {
  "use strict";
  var WAITS = [1, 3, 10, 30, 60]; // seconds before each further try
  if (!window.FormData || !window.XMLHttpRequest || !("files" in document.createElement("input"))) { return; }

  document.querySelectorAll("form[data-sends]").forEach(function (form) {
    form.addEventListener("submit", function (event) {
      var files = chosen(form);
      if (files.length && !form.dataset.busy) { event.preventDefault(); start(form, files); }
      else if (form.dataset.busy) { event.preventDefault(); }
    });
  });
  // A form sent twice counts once; a button that dies on its click says so.
  document.addEventListener("submit", function (event) {
    if (!event.defaultPrevented) { buttons(event.target, true); }
  });
  window.addEventListener("pageshow", function () {
    document.querySelectorAll("form").forEach(function (form) { buttons(form, false); });
  });
  var wrong = document.getElementById("wrong");
  if (wrong) { wrong.focus(); }

  function start(form, files) {
    var list = document.createElement("ul"), lines = [];
    list.className = "progress";
    list.setAttribute("aria-live", "polite");
    form.querySelectorAll(".progress, .onwards").forEach(function (old) { old.remove(); });
    form.append(list);
    files.forEach(function (one) { lines.push(line(list, one.file.name)); });
    form.dataset.busy = "yes";
    buttons(form, true);
    // The fields first: what is wrong with them is said before a picture has to travel.
    send(form, null, null, function (answer) {
      if (!answer || !answer.done) { return plainly(form, list, answer); }
      next(form, files, lines, 0, { next: answer.next, refused: 0 });
    });
  }

  function next(form, files, lines, number, so) {
    if (number === files.length) { return finish(form, so); }
    send(form, files[number], lines[number], function (answer) {
      var said = answer && answer.files && answer.files[0];
      lines[number].bar.remove();
      if (!answer) {
        lines[number].words.textContent = form.dataset.broken;
        lines[number].item.className = "no";
        return free(form);
      }
      lines[number].words.textContent = said ? said.words : answer.words || "";
      if (!said || !said.accepted) { lines[number].item.className = "no"; so.refused += 1; }
      next(form, files, lines, number + 1, { next: answer.next || so.next, refused: so.refused });
    });
  }

  function finish(form, so) {
    if (!so.refused) { return window.location.assign(so.next); }
    var onwards = document.createElement("a");
    onwards.className = "button onwards";
    onwards.href = so.next;
    onwards.textContent = form.dataset.onwards;
    form.append(onwards);
    onwards.focus();
    free(form);
  }

  function plainly(form, list, answer) {
    free(form);
    list.remove();
    if (!answer) { return say(form, form.dataset.broken); }
    // The server says it best, at the fields: the form goes again, without its files.
    form.querySelectorAll("input[type=file]").forEach(function (input) { input.value = ""; });
    form.submit();
  }

  function send(form, one, shown, then) {
    var tries = 0;
    function attempt() {
      var call = new XMLHttpRequest(), sent = false;
      call.open("POST", form.action);
      call.setRequestHeader("Accept", "application/json");
      if (shown) {
        shown.words.textContent = form.dataset.sending;
        call.upload.onprogress = function (event) {
          if (event.lengthComputable) { shown.bar.max = event.total; shown.bar.value = event.loaded; }
        };
      }
      call.onload = function () {
        if (sent) { return; }
        sent = true;
        if (call.status >= 500 || call.status === 429) { return again(parseInt(call.getResponseHeader("Retry-After"), 10)); }
        try { then(JSON.parse(call.responseText)); } catch (_) { then({ done: false, files: [], words: String(call.status) }); }
      };
      call.onerror = call.onabort = call.ontimeout = function () { if (!sent) { sent = true; again(0); } };
      call.send(body(form, one));
    }
    function again(seconds) {
      if (tries === WAITS.length) { return then(null); }
      if (shown) { shown.words.textContent = form.dataset.waiting; }
      var timer = window.setTimeout(go, 1000 * Math.max(WAITS[tries], seconds || 0));
      tries += 1;
      window.addEventListener("online", go);
      function go() { window.clearTimeout(timer); window.removeEventListener("online", go); attempt(); }
    }
    attempt();
  }

  function body(form, one) {
    var whole = new FormData();
    Array.prototype.forEach.call(form.elements, function (field) {
      var off = !field.name || field.type === "file" || field.disabled;
      if (off || ((field.type === "radio" || field.type === "checkbox") && !field.checked)) { return; }
      whole.append(field.name, field.value);
    });
    if (one) { whole.append(one.field, one.file, one.file.name); }
    return whole;
  }

  function chosen(form) {
    var found = [];
    form.querySelectorAll("input[type=file]").forEach(function (input) {
      Array.prototype.forEach.call(input.files, function (file) { found.push({ field: input.name, file: file }); });
    });
    return found;
  }

  function line(list, name) {
    var item = document.createElement("li"), title = document.createElement("b"), words = document.createElement("span"), bar = document.createElement("progress");
    title.textContent = name + ": ";
    bar.setAttribute("aria-label", name);
    item.append(title, words, bar);
    list.append(item);
    return { item: item, words: words, bar: bar };
  }

  function say(form, text) {
    var words = document.createElement("p");
    words.className = "wrong progress";
    words.setAttribute("role", "alert");
    words.textContent = text;
    form.append(words);
  }

  function buttons(form, dead) {
    form.querySelectorAll("button").forEach(function (button) { button.disabled = dead; });
  }

  function free(form) { delete form.dataset.busy; buttons(form, false); }
})();
