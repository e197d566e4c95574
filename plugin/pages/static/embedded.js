// Inside a store's admin there are no cookies: links and forms go by fetch, which App Bridge signs.
(() => {
  // Without cookies the server does not remember the language that was chosen: this window does.
  const inTheirLanguage = (address) => {
    const asked = new URL(address, location.href);
    try {
      const chosen = asked.searchParams.get("lang");
      if (chosen) sessionStorage.setItem("language", chosen);
      const kept = sessionStorage.getItem("language");
      if (kept && !chosen) asked.searchParams.set("lang", kept);
    } catch { /* a browser that keeps nothing */ }
    return asked.href;
  };
  // What the new page's own scripts do, they do once they are there.
  const scriptsOf = (page) => Promise.all([...page.querySelectorAll("head script[src]")]
    .filter((script) => !document.head.querySelector(`script[src="${CSS.escape(script.getAttribute("src"))}"]`))
    .map((script) => new Promise((done) => {
      const added = document.createElement("script");
      added.onload = added.onerror = done;
      added.src = script.getAttribute("src");
      document.head.append(added);
    })));
  const show = async (address, options) => {
    const answer = await fetch(inTheirLanguage(address), { ...options, headers: { Accept: "text/html" } });
    if (answer.redirected && inTheirLanguage(answer.url) !== answer.url) return show(answer.url, {});
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
    if (answer.url !== location.href) history.pushState({}, "", answer.url);
    document.title = page.title;
    document.documentElement.lang = page.documentElement.lang;
    document.body.replaceWith(page.body);
    window.scrollTo(0, 0);
    document.getElementById("content")?.focus();
    window.htmx?.process(document.body);
    document.dispatchEvent(new Event("postvendita:page"));
    await scriptsOf(page);
  };
  const ours = (address) => new URL(address, location.href).origin === location.origin;
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href]");
    if (!link || event.defaultPrevented || event.ctrlKey || event.metaKey || link.target) return;
    if (!ours(link.href) || link.getAttribute("href").startsWith("#")) return;
    event.preventDefault();
    if (document.dispatchEvent(new Event("postvendita:leave", { cancelable: true }))) show(link.href, {});
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
