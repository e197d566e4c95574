// A button dies on its click: the server takes the second one for what it is, people need not see it.
document.addEventListener("submit", function (event) {
  event.target.querySelectorAll("button").forEach(function (button) { button.disabled = true; });
});
