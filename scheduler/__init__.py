"""The top: the process that drains the inbox, looks at due orders and empties the outbox."""
