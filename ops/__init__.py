"""What starts, checks and maintains the product: standard library only, except where a module says so."""
