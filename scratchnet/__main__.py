import sys

try:
    from scratchnet.cli import main
except KeyboardInterrupt:  # Ctrl-C while Python imports
    print("\nscratchnet: interrupted.", file=sys.stderr)
    sys.exit(130)

sys.exit(main())
