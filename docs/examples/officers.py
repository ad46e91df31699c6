"""Makes privacy officers of a desk, and does for each what they would do themselves when they first sign in.

``python officers.py NAME…`` gives each a password and a second factor, and writes what they type at a prompt into files:
``NAME.1``, ``NAME.2`` and so on hold the password and one code, a line each. For trying out only.
"""

import sys
from pathlib import Path

import pyotp

from hushdesk.access import Role, open_accounts
from hushdesk.desk import Desk


def main(names: list[str]) -> None:
    """Make them, in the desk that lies here."""
    with Desk.open(Path("desk")) as desk, open_accounts(desk) as accounts:
        for name in names:
            made = accounts.create(name, Role.PRIVACY_OFFICER)
            password = f"four plain words of {name}"
            accounts.change_password(accounts.by_name(name).id, made, password)
            offered = accounts.enrol(name, password)
            codes = accounts.factors.accept(offered, pyotp.TOTP(offered.app.secret).now())
            for number, code in enumerate(codes, 1):
                Path(f"{name}.{number}").write_text(f"{password}\n{code}\n", "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
