"""Other search engines on the same articles and questions, each in one file behind `protocol.Peer`."""
