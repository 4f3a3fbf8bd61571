"""What did the person mean, and what do we show? No Flask, no engine library, no files."""
