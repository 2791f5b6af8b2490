"""What the command line does. The commands import what takes time; cli.py does not."""
