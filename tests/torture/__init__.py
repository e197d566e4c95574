"""The app is killed, frozen, starved of disk and cut off from power: `make torture KILLS=1000`.

The world runs here, in a process that is never harmed, with a ledger of its own. The app runs in
others. What is done to it, what is counted and how to run it is in `docs/torture.md`.
"""
