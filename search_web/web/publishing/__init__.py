"""Publishing over HTTP: articles, jobs, hooks, and the tokens that open it."""
