"""What bodies have to look like, one narrow schema per family, each built once.

Only fields we use are named; Shopify adds others every quarter. Almost everything may be null,
because a shop without approval for protected data is sent nulls.
"""
