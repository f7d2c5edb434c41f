"""Money is decimal from the cell of a file to the sum of a line, whatever the file's format does to numbers."""

import gzip
import io
import json
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from landing_desk import Desk, clocks

COLUMNS = ("entry_id", "award_id", "posted_on", "kind", "amount_usd")
ABOUT = ("A1", "2014-07-01", "expenditure")
# 0.10 + 0.20 is 0.30000000000000004 in binary; 0.01 a thousand times is not 10 there; the last ones have 18 digits.
AMOUNTS = ["0.10", "0.20", "-0.30", *["0.01"] * 1000, "1234567.89", "9999999999999999.99", "-9999999999999999.98"]
TOTAL = Decimal("1234577.90")  # by hand: 0.00 + 10.00 + 1234567.89 + 0.01
Writer = Callable[[list[str]], bytes]


def csv(amounts: list[str]) -> bytes:
    rows = [",".join((f"{n:05d}", *ABOUT, amount)) for n, amount in enumerate(amounts)]
    return "\n".join([",".join(COLUMNS), *rows]).encode()


def literals(amounts: list[str]) -> bytes:
    """JSON whose amounts are numbers, written digit by digit."""
    about = json.dumps(dict(zip(COLUMNS[1:4], ABOUT, strict=True)))[1:-1]
    rows = [f'{{"entry_id": "{n:05d}", {about}, "amount_usd": {amount}}}' for n, amount in enumerate(amounts)]
    return ("[" + ",\n".join(rows) + "]").encode()


def lines(amounts: list[str]) -> bytes:
    return gzip.compress(b"\n".join(r.rstrip(b",") for r in literals(amounts)[1:-1].split(b"\n")))


def workbook(amounts: list[str]) -> bytes:
    """As a spreadsheet has it: every amount is a float."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, COLUMNS)
        for n, amount in enumerate(amounts):
            sheet.write_row(n + 1, 0, [f"{n:05d}", *ABOUT])
            sheet.write_number(n + 1, 4, float(amount))
    return out.getvalue()


def parquet(kind: pa.DataType) -> Writer:
    def written(amounts: list[str]) -> bytes:
        values = [Decimal(a) if pa.types.is_decimal(kind) else float(a) for a in amounts]
        columns = {"entry_id": [f"{n:05d}" for n in range(len(amounts))]}
        columns |= {c: [v] * len(amounts) for c, v in zip(COLUMNS[1:4], ABOUT, strict=True)}
        out = io.BytesIO()
        pq.write_table(pa.table(columns | {"amount_usd": pa.array(values, kind)}), out)
        return out.getvalue()

    return written


EXACT: dict[str, Writer] = {"csv": csv, "json": literals, "lines": lines, "parquet": parquet(pa.decimal128(18, 2))}
BINARY: dict[str, Writer] = {"xlsx": workbook, "double": parquet(pa.float64())}


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as one:
        clocks(one)
        yield one


def sums(folder: Path, connection: duckdb.DuckDBPyConnection, content: bytes) -> tuple[list[Decimal], Decimal]:
    """Amounts of the published ledger in their order, and the sum that SQL makes of them."""
    desk = Desk(folder, connection)
    desk.drop("ledger/ledger", content)
    receipt = desk.take()["ledger/ledger"]
    assert receipt.received == receipt.accepted, receipt.message
    desk.made("staging.award", "staging.ledger", "core.ledger", "published.ledger")
    amounts = connection.execute("select amount_usd from published.ledger order by entry_id").fetchall()
    ((total,),) = connection.execute("select sum(amount_usd) from published.ledger").fetchall()
    return [a for (a,) in amounts], total


@pytest.mark.parametrize("format", EXACT)
def test_every_cent_of_18_digits(tmp_path, connection, format):
    found, total = sums(tmp_path, connection, EXACT[format](AMOUNTS))
    assert found == [Decimal(a) for a in AMOUNTS]
    assert total == sum(map(Decimal, AMOUNTS)) == TOTAL


@pytest.mark.parametrize("format", BINARY)
def test_every_cent_that_a_float_can_tell(tmp_path, connection, format):
    """A float tells cents apart up to 15 digits: amounts beyond were changed by who wrote the file."""
    amounts = [*AMOUNTS[:-2], "9999999999999.99", "-9999999999999.98"]
    found, total = sums(tmp_path, connection, BINARY[format](amounts))
    assert found == [Decimal(a) for a in amounts]
    assert total == TOTAL


@settings(max_examples=5, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(amounts=st.lists(st.decimals(-(10**12), 10**12, places=2), min_size=1, max_size=40), data=st.data())
def test_any_amounts_add_up_as_decimals_do(tmp_path_factory, connection, amounts, data):
    writer = data.draw(st.sampled_from([*EXACT.values(), *BINARY.values()]))
    found, total = sums(tmp_path_factory.mktemp("m"), connection, writer([str(a) for a in amounts]))
    assert found == amounts and total == sum(amounts)


def test_what_is_no_amount_in_cents_is_set_aside_and_never_rounded(tmp_path, connection):
    desk = Desk(tmp_path, connection)
    wrong = ["0.005", "1e2", "1,234.50", "$5", "(5.00)", "NaN", "12345678901234567.00", "five"]
    desk.drop("ledger/a.csv", csv(["1.0", "+2", "3.100", *(f'"{w}"' for w in wrong)]))
    assert desk.take()["ledger/a.csv"].quarantined == len(wrong)
    kept = desk.rows("select amount_usd from raw.ledger order by entry_id")
    assert kept == [(Decimal("1.00"),), (Decimal("2.00"),), (Decimal("3.10"),)]
