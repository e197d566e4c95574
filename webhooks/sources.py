"""Who sends us webhooks; a delivery is kept under one of these."""

from __future__ import annotations

SHOPIFY = "shopify"
SUPPLIER = "supplier"
TMALL = "tmall"
MAIL = "mail"
