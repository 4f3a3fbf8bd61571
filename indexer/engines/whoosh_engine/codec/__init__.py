"""The columnar codec: how one segment of a Whoosh index stands in a file of arrays.

`segment_file` is the container, `packing` and `postings_encoder` the shapes of numbers, `segment_writer` and
`segment_builder` write a segment, `segment` reads it, `merging` makes one of several. ARCHITECTURE.md has
the format.
"""
