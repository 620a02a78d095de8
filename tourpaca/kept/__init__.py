"""One connection of the driver kept by each thread, beside the pool: for what runs at every request, and the hot acts.

Through the engine (pool, compiled statement, transaction) one small read costs twice as much as all the rest of a
cached page, and the session's own steps cost more than the statements of a mark; docs/performance.md says how much.
"""
