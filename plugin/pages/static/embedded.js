// Inside a store's admin there are no cookies: links and forms go by fetch, which App Bridge signs.
(() => {
  const show = async (address, options) => {
    const answer = await fetch(address, { ...options, headers: { Accept: "text/html" } });
    const kind = answer.headers.get("Content-Type") || "";
    if (!kind.startsWith("text/html")) {
      const file = document.createElement("a");
      file.href = URL.createObjectURL(await answer.blob());
      file.download = (answer.headers.get("Content-Disposition") || "").match(/filename="([^"]*)"/)?.[1] || "file";
      file.click();
      URL.revokeObjectURL(file.href);
      return;
    }
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    history.pushState({}, "", answer.url);
    document.title = page.title;
    document.body.replaceWith(page.body);
    window.scrollTo(0, 0);
    document.getElementById("content")?.focus();
    document.dispatchEvent(new Event("postvendita:page"));
  };
  const ours = (address) => new URL(address, location.href).origin === location.origin;
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href]");
    if (!link || event.defaultPrevented || event.ctrlKey || event.metaKey || link.target) return;
    if (!ours(link.href) || link.getAttribute("href").startsWith("#")) return;
    event.preventDefault();
    show(link.href, {});
  });
  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented || !ours(event.target.action)) return;
    event.preventDefault();
    const form = event.target;
    const data = new FormData(form, event.submitter);
    if (form.method === "get") {
      show(`${form.action.split("?")[0]}?${new URLSearchParams(data)}`, {});
    } else {
      const files = form.enctype === "multipart/form-data";
      show(form.action, { method: "POST", body: files ? data : new URLSearchParams(data) });
    }
  });
  window.addEventListener("popstate", () => show(location.href, {}));
})();
