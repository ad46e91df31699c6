"""``python -m hushdesk``: the command line."""

from hushdesk.cli import main

if __name__ == "__main__":
    main()
