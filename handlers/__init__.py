"""The conversation: a router, intents, and one module for each thing a resident can do. Words live in `copy/`."""
