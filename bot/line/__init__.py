"""The edge to LINE: webhook in, gateway out. Only here is LINE's JSON known."""
