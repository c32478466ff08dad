"""
What the black-box tests stand on: processes, ports, raw HTTP. Nothing here knows the inside of
eddy.
"""
