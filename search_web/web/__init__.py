"""How does it look in a browser and as JSON? The only folder that imports Flask."""
