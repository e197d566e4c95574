"""DSers by its own MCP server: reads orders and parcels, stops and re-sources what is not placed.

What stands in the published tool descriptions is followed; what they leave open is found out at
connect, from the tools' input schemas, and what does not fit is left to the desk.
"""
