"""What the organisation does, once, for chat and staff pages alike. One module for one subject; functions are verbs."""
