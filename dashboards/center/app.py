"""De-identify a file in the browser of this machine: key, file, look at what leaves, download.

The same as `mst deidentify`, in the same words. Nothing is sent anywhere; what the browser hands over
is kept in memory and in a folder that only this user can read, which is gone after each step.
"""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path

import streamlit as st

from dashboards.center import show
from dashboards.faults import told_by_number
from registry.deidentify.convert import Prepared, prepare
from registry.deidentify.days import DateOrder
from registry.deidentify.keyfile import KeyFileError, PassphraseError, SiteKey, create_key, open_key
from registry.deidentify.preview import Preview
from registry.deidentify.source import read_source
from registry.deidentify.words import counted
from registry.deidentify.writing import write
from registry.intake.raw import UnreadableFileError

KEYED, RANDOM = "keyed", "random"
PROFILES = {
    KEYED: "Computed with a key (usual)",
    RANDOM: "Drawn at random, kept in a table (US Safe Harbor)",
}
ORDERS = {
    DateOrder.ISO: "There are none, or they start with the year",
    DateOrder.DAY_FIRST: "Day first: 25/12/2031",
    DateOrder.MONTH_FIRST: "Month first: 12/25/2031",
}

st.set_page_config(page_title="De-identify", page_icon="🔑", layout="centered")


def main() -> None:
    st.html(show.STYLE)
    st.title("De-identify a hospital's file")
    st.write(
        "Patient numbers become pseudonyms, dates become days since diagnosis, and what names a "
        "person stays here. This page runs on your computer; it sends nothing anywhere."
    )
    st.header("1. Your center's key")
    path, passphrase, key = _key()
    if key is None:
        return
    st.header("2. The hospital's file")
    prepared = _prepared(key)
    if prepared is None:
        return
    _look(prepared.preview)
    if not prepared.preview.refused:
        _download(prepared, path, passphrase)


def _key() -> tuple[Path, str, SiteKey | None]:
    left, right = st.columns([2, 1])
    typed = left.text_input("Key file", value=str(Path.home() / "mst-site.key"))
    passphrase = right.text_input("Passphrase, if it has one", type="password")
    path = Path(typed).expanduser()
    if not path.exists():
        _new_key(path, passphrase)
        if not path.exists():
            return path, passphrase, None
    try:
        key = open_key(path, passphrase)
    except PassphraseError as error:
        st.info(f"{error.message} {error.fix}")
        return path, passphrase, None
    except KeyFileError as error:
        st.error(f"{error.message} {error.fix}")
        return path, passphrase, None
    st.success(f"Key {key.name} is open: {PROFILES[key.profile].lower()}.")
    return path, passphrase, key


def _new_key(path: Path, passphrase: str) -> None:
    """Offers to make the key that is not there yet."""
    st.info("There is no key of that name yet. Has your center one already? Then name its file.")
    with st.container(border=True):
        st.markdown("**Make the key of your center**, once for all.")
        profile = st.radio("Pseudonyms are", PROFILES, format_func=PROFILES.__getitem__)
        st.caption(
            "Without the key nobody, not even the registry, can tell which patient a pseudonym is. "
            "Put a copy where your hospital keeps its secrets. A passphrase above protects the file."
        )
        if st.button("Make a new key", type="primary"):
            try:
                create_key(path, "random" if profile == RANDOM else "keyed", passphrase)
            except (KeyFileError, OSError):
                st.error("The key could not be written there. Choose another folder.")
                return
            st.rerun()


def _prepared(key: SiteKey) -> Prepared | None:
    file = st.file_uploader("Workbook (.xlsx), laid out like the template", type=["xlsx"])
    with st.expander("Options"):
        center = st.text_input("Center, if the file has no center_id", placeholder="C01")
        order = st.selectbox(
            "Date order, where dates are written as text", ORDERS, format_func=ORDERS.__getitem__
        )
        blank = st.checkbox("Blank identifiers: leave out cells that may identify a person")
        based_on = st.number_input(
            "Number of the last submission your file knows of", min_value=0, value=None
        )
    st.session_state["based_on"] = int(based_on) if based_on is not None else None
    if file is None:
        return None
    try:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "file.xlsx"
            path.touch(mode=0o600)
            path.write_bytes(file.getvalue())
            with st.spinner("Reading"):
                source = read_source(path)
        made = prepare(
            source, key, center_id=center.strip() or None, order=order, blank_identifiers=blank
        )
    except (UnreadableFileError, KeyFileError) as error:
        st.error(f"{error.message} {error.fix}")
        return None
    content = hashlib.sha256(file.getvalue()).hexdigest()
    st.session_state["shown"] = f"{content}{key.name}{center}{order}{blank}{based_on}"
    st.session_state["file_name"] = file.name
    return made


def _look(preview: Preview) -> None:
    st.header("3. What leaves")
    st.markdown(
        f"**{counted(preview.patients, 'patient')}**, **{counted(preview.donors, 'donor')}**, "
        f"**{counted(preview.rows, 'row')}** on {counted(len(preview.sheets), 'sheet')}, under the "
        f"key {preview.key_name}"
    )
    if preview.refused:
        cells = counted(len(preview.refused), "place")
        st.error(f"Not yet: {cells} must be corrected in your file first.")
        st.html(show.findings(preview.refused))
    if preview.blanked:
        st.warning(
            f"{counted(len(preview.blanked), 'cell')} may identify a person and leave blank."
        )
        st.html(show.findings(preview.blanked))
    if preview.example:
        st.write(f"Example: {preview.example}, counted from the diagnosis date.")
    st.caption("Open a sheet to see its columns and what is done with each.")
    st.html(show.leaves(preview.sheets))
    st.subheader("What stays here")
    st.html(show.stays(preview) or "Nothing is removed.")
    for note in preview.notes:
        st.caption(note)


def _download(prepared: Prepared, key_path: Path, passphrase: str) -> None:
    st.header("4. The file to send")
    shown = st.session_state["shown"]
    made_of, content = st.session_state.get("ready", ("", b""))
    if made_of == shown:
        st.success(
            "The file is ready. Check it in the portal, or with: mst check FILE --center C01"
        )
        name = f"{Path(st.session_state['file_name']).stem}-deidentified.xlsx"
        st.download_button("Download the submission", content, file_name=name, type="primary")
        return
    st.caption("Nothing has been written yet.")
    if st.button("I have looked: make the file", type="primary"):
        try:
            st.session_state["ready"] = (shown, _written(prepared, key_path, passphrase))
        except KeyFileError as error:
            st.error(f"{error.message} {error.fix}")
            return
        st.rerun()


def _written(prepared: Prepared, key_path: Path, passphrase: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out.xlsx"
        write(prepared, out, key_path, passphrase, based_on=st.session_state["based_on"])
        return out.read_bytes()


with told_by_number():
    main()
