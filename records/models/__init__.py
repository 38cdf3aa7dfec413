"""Records: what is kept, what is let out and what is thrown away."""
