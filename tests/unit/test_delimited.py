"""Delimited text as it comes: byte order marks, gzip, other delimiters, stray tabs, nothing at all."""

import gzip
from pathlib import Path

import duckdb
import pytest

from assets.raw import delimited
from assets.raw.reading import Landed, Unreadable


def read(folder: Path, content: bytes, **options: object) -> tuple[list[str], list[tuple[object, ...]], int]:
    """Header, rows and the number of the first row, of a file of these bytes."""
    path = folder / "a.csv"
    path.write_bytes(content)
    encodings = options.pop("encodings", ("utf-8",))
    with duckdb.connect() as connection:
        landed = Landed(path, "demo/a.csv", "demo", {k: v for k, v in options.items() if k == "encoding"})
        trim = bool(options.get("trim", True))
        parsed = delimited.read(landed, connection, "demo", encodings=encodings, trim=trim)  # type: ignore[arg-type]
        return parsed.rows.columns, parsed.rows.fetchall(), parsed.first_row


def refused(folder: Path, content: bytes) -> str:
    with pytest.raises(Unreadable) as error:
        read(folder, content)
    return str(error.value)


TWO = (["id", "n"], [("a", "1"), ("b", None)], 2)


@pytest.mark.parametrize(
    "content",
    [
        b"id,n\na,1\nb,\n",
        b"id,n\na,1\nb,",  # no end of the last line
        b"id,n\r\na,1\r\nb,\r\n",
        b"id,n\ra,1\rb,\r",
        b"\xef\xbb\xbfid,n\na,1\nb,\n",
        b'"id","n"\n"a","1"\n"b",""\n',
        b" id , n \n a , 1 \n b , \n",  # the padding of a fixed-width publisher
        b"id|n\na|1\nb|\n",
        b"id;n\na;1\nb;\n",
        b"id\tn\na\t1\nb\t\n",
        b"id\tn\t\na\t1\t\nb\t\t\n",  # a stray tab at the end of every line
        b"id\tn\na\t1\t\nb\t\t\n",  # or of every line but the header
        "id,n\na,1\nb,\n".encode("utf-16"),
        gzip.compress(b"id,n\na,1\nb,\n", mtime=0),
        b"id,n\r\na,1\nb,\r\n",  # lines of two systems pasted into one file
    ],
)
def test_the_same_table_however_it_is_written(tmp_path, content):
    assert read(tmp_path, content) == TWO


def test_cells_keep_delimiters_quotes_and_lines_that_are_quoted(tmp_path):
    _, rows, _ = read(tmp_path, b'id,note\na,"x, ""y""\nz"\nb,|\n')
    assert rows == [("a", 'x, "y"\nz'), ("b", "|")]


def test_text_is_text(tmp_path):
    # leading zeros, numbers and words that others read as null stay as they were sent
    assert read(tmp_path, b"id,n\n007,1e3\nNULL,NA\n")[1] == [("007", "1e3"), ("NULL", "NA")]


def test_without_trim_padding_is_left_to_receiving(tmp_path):
    assert read(tmp_path, b"id,n\n a ,1\n", trim=False)[1] == [(" a ", "1")]


def test_blank_lines_before_the_header_count_as_rows_of_the_file(tmp_path):
    assert read(tmp_path, b"\n\nid,n\na,1\n") == (["id", "n"], [("a", "1")], 4)


def test_a_header_alone_is_a_table_of_no_rows(tmp_path):
    assert read(tmp_path, b"id,n\n") == (["id", "n"], [], 2)
    assert read(tmp_path, b"id,n") == (["id", "n"], [], 2)


def test_latin_1_where_it_is_declared_or_expected(tmp_path):
    content = "id,n\na,Cañon\n".encode("latin-1")
    assert read(tmp_path, content, encoding="latin-1")[1] == [("a", "Cañon")]
    assert read(tmp_path, content, encodings=("utf-8", "latin-1"))[1] == [("a", "Cañon")]
    assert read(tmp_path, "id,n\na,Cañon\n".encode(), encodings=("utf-8", "latin-1"))[1] == [("a", "Cañon")]


@pytest.mark.parametrize("content", [b"", b"\n \n", b"\xef\xbb\xbf", gzip.compress(b"", mtime=0)])
def test_nothing_is_refused_with_what_was_expected(tmp_path, content):
    told = refused(tmp_path, content)
    assert "the file is empty; expected a header line" in told and "ask the sender" in told


def test_half_a_gzip_is_refused_not_half_read(tmp_path):
    packed = gzip.compress(b"id,n\n" + b"".join(b"%d,%d\n" % (i, i * i) for i in range(5000)))
    told = refused(tmp_path, packed[: len(packed) // 2])
    assert "gzip" in told and "expected a whole .gz" in told


def test_a_flipped_bit_in_a_gzip_is_found_by_its_checksum(tmp_path):
    packed = bytearray(gzip.compress(b"id,n\n" + b"a,1\n" * 100, compresslevel=0))  # stored, so that it still unpacks
    packed[40] ^= 1
    assert "gzip" in refused(tmp_path, bytes(packed))


def test_a_column_named_twice_is_refused(tmp_path):
    assert "columns 2 and 3 have the same name" in refused(tmp_path, b"id,n,N\na,1,2\n")


def test_rows_keep_their_numbers_whether_lines_are_blank_or_within_cells(tmp_path):
    """Rows 3 (two lines long) and 4: a line end in a cell is no row of its own; a blank line is."""
    from assets.raw.copies import HEAD_BYTES, has_blank_or_unpaired

    def found(content: bytes) -> bool:
        path = tmp_path / "x.csv"
        path.write_bytes(content)
        return has_blank_or_unpaired(path)

    assert not found(b'a,b\n1,"two\nlines"\n2,x\n')
    assert found(b"a,b\n1,2\n\n3,4\n") and found(b"a,b\r\n1,2\r\n\r\n3,4\r\n") and found(b'a,b\n1,"2\n')
    seam = b"a" * (HEAD_BYTES - 1)
    assert found(seam + b"\n\nb") and found(seam + b"\n\r\nb") and not found(seam + b"\nb\n")
