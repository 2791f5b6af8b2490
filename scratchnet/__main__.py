import sys

try:
    from scratchnet.cli import main
except KeyboardInterrupt:  # Ctrl-C while Python imports
    print("\nscratchnet: interrupted.", file=sys.stderr)
    sys.exit(130)

if __name__ == "__main__":  # MPI's workers import this file too
    sys.exit(main())
