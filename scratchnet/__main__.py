import sys

try:
    from scratchnet.cli import main
except KeyboardInterrupt:  # Ctrl-C while Python imports
    sys.exit(130)

sys.exit(main())
