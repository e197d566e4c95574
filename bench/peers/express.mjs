// Express + better-sqlite3, as one writes it: raw body, HMAC, one row per delivery, then 200.
import crypto from "node:crypto";
import Database from "better-sqlite3";
import express from "express";

const [port, file, secret] = process.argv.slice(2);
const db = new Database(file);
db.pragma("journal_mode = WAL");
db.pragma("synchronous = FULL");
db.exec(`CREATE TABLE IF NOT EXISTS inbox (
  id INTEGER PRIMARY KEY, shop TEXT NOT NULL, delivery_id TEXT NOT NULL, topic TEXT NOT NULL,
  body BLOB NOT NULL, received_at TEXT NOT NULL, state TEXT NOT NULL,
  UNIQUE (shop, delivery_id))`);
const keep = db.prepare(
  `INSERT INTO inbox (shop, delivery_id, topic, body, received_at, state)
   VALUES (?, ?, ?, ?, ?, 'received') ON CONFLICT DO NOTHING`,
);

const app = express();
app.disable("x-powered-by");
app.post("/webhooks/shopify", express.raw({ type: "*/*", limit: "2mb" }), (request, response) => {
  const given = Buffer.from(request.get("X-Shopify-Hmac-Sha256") ?? "", "base64");
  const expected = crypto.createHmac("sha256", secret).update(request.body).digest();
  if (given.length !== expected.length || !crypto.timingSafeEqual(given, expected)) {
    return response.status(401).send("refused\n");
  }
  keep.run(
    request.get("X-Shopify-Shop-Domain"),
    request.get("X-Shopify-Webhook-Id"),
    request.get("X-Shopify-Topic"),
    request.body,
    new Date().toISOString(),
  );
  response.status(200).send("ok\n");
});
app.listen(Number(port), "127.0.0.1", () => console.log("listening"));
