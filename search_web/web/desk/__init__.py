"""The desk: what do editors need beside the search? Its `assembly` puts it together."""
