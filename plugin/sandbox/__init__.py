"""A pretend outside world, spoken to as the real one is: over HTTP and SMTP.

It has a store (`storefront.py`), a supplier with an API (`supplier.py`), a mailbox
(`mailbox.py`), a postman who brings webhooks (`postman.py`) and a clock that can be turned
(`turn.py`). It keeps a ledger of its own (`store.py`), so that what really happened out there can
be compared with what the app believes. The app knows none of this; it has settings.
"""
