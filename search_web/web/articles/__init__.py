"""How does one article look, and what does its page say to programs?"""
