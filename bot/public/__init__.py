"""Pages for everybody, without signing in: a small web application of its own, apart from the staff pages."""
