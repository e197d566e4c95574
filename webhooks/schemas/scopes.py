"""Body of `app/scopes_update`."""

from __future__ import annotations

from marshmallow import fields

from webhooks.schemas.fields import MAYBE, Moment, Narrow, Text


class Update(Narrow):
    """What the app may do in the shop, as of a moment."""

    current = fields.List(Text(longest=100), required=True)
    updated_at = Moment(**MAYBE)


UPDATE = Update()
