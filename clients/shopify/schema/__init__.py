"""The part of Shopify's Admin schema that our documents use.

Made by `clients.shopify.reduce_schema`. Only the sandbox and the tests need it, and with it
graphql-core; the client itself does not.
"""

from __future__ import annotations

import gzip
import json
from functools import cache
from importlib.resources import files

from graphql import GraphQLSchema, build_client_schema

FILE = "admin_2026-10.json.gz"


@cache
def load() -> GraphQLSchema:
    """The reduced schema of API version 2026-10, to validate against and to execute against."""
    packed = (files(__name__) / FILE).read_bytes()
    # Shopify's own deprecations break a rule of graphql-core, hence assume_valid.
    return build_client_schema(json.loads(gzip.decompress(packed)), assume_valid=True)
