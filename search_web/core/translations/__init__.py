"""Do the texts of one story say the same? Numbers, dates and names as values, and where these disagree."""
