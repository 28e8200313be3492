"""Runs Streamlit, without the questions it asks the internet.

For a websocket from a page of another site it looks up the address of this machine, by a web
service, to see whether the site is itself. It is not: the names of the dashboards are settings.
"""

from __future__ import annotations

from streamlit import net_util
from streamlit.web.cli import main


def _unknown() -> None:
    """No address; Streamlit goes by the names it was given."""


net_util.get_internal_ip = net_util.get_external_ip = _unknown

if __name__ == "__main__":
    main(prog_name="streamlit")
