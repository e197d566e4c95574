// A stand-in for App Bridge: it knows tokens and nothing else.
(() => {
  const here = new URL(document.currentScript.src);
  const address = new URL(here.pathname.replace(/[^/]*$/, "id-token"), here.origin);
  const plain = window.fetch.bind(window);
  const idToken = async () => (await (await plain(address)).json()).token;
  const own = (input) => new URL(input.url || input, location.href).origin === location.origin;
  window.shopify = { idToken };
  window.fetch = async (input, options = {}) => {
    if (!own(input)) return plain(input, options);
    const send = async () => {
      const headers = new Headers(options.headers || input.headers);
      headers.set("Authorization", `Bearer ${await idToken()}`);
      return plain(input, { ...options, headers });
    };
    const answer = await send();
    const again = answer.headers.get("X-Shopify-Retry-Invalid-Session-Request");
    return answer.status === 401 && again ? send() : answer;
  };
  const reload = new URLSearchParams(location.search).get("shopify-reload");
  if (reload) {
    idToken().then((token) => {
      const back = new URL(reload, location.origin);
      if (back.origin !== location.origin) return;
      back.searchParams.set("id_token", token);
      back.searchParams.set("embedded", "1");
      location.replace(back);
    });
  }
})();
