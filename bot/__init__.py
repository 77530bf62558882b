"""Sasaeai's engine: storage, services, the edge to LINE, durable work, and the command that starts it all."""
