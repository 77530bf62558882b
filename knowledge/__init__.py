"""The curated knowledge base: what it holds, how it is found, how it comes in and goes out."""
