"""How do feed readers, spreadsheets, browsers and crawlers see the archive?"""
