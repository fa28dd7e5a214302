"""SQLite rows, the only place where rooms meet. Functions take a connection; `database` hands connections out."""
