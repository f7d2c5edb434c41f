"""A small program of two awards, cash and accrual, and of a third that only its ledger names, from October 2014 on."""

from pathlib import Path

from network import Network, network

A, B, X = "B-13/TA-01", "NRN-2015", "X9"  # the first has a sign that no sheet may have in its name
LEDGER = "entry_id,award_id,posted_on,kind,amount_usd,service,reverses,rate_id\n"
FIRST = [
    f"a1,{A},2014-01-02,authorized,10000.00,,,",
    f"a2,{A},2014-05-10,expenditure,100.10,desk,,",
    f"a3,{A},2014-06-10,expenditure,200.20,desk,,",
    f"a4,{A},2014-06-11,expenditure,300.30,program,,",
    f"a5,{A},2014-06-11,receipt,600.60,,,",
    f"a6,{A},2014-06-12,disbursement,600.60,,,",
    f"a7,{A},2014-08-11,expenditure,40.00,desk,,",
    f"a8,{A},2014-06-15,indirect_base,400.00,,,IR-A",
    f"a9,{A},2014-06-15,indirect_charged,40.00,,,IR-A",
    f"b1,{B},2014-04-01,authorized,900.00,,,",
    f"b2,{B},2014-06-20,expenditure,7.07,peer,,",
    f"b3,{B},2014-06-21,receipt,50.00,,,",
    f"b4,{B},2014-06-22,disbursement,7.07,,,",
    f"b5,{B},2014-06-22,obligation,12.34,,,",
    f"x1,{X},2014-10-05,expenditure,3.33,desk,,",
]
HEAD = "award_id,agency,number,recipient,ein,uei,address,account_number,start,end,regime,basis,frequency,match_required_usd,program_income_alternative\n"  # noqa: E501
AWARDS = [
    f"{A},HUD,SAMPLE-1,Recipient,00-0000000,UEI1,1 Street,AC-1,2013-12-01,2016-11-30,24cfr84,cash,quarterly,500.00,addition",
    f"{B},HUD,SAMPLE-2,Recipient,00-0000000,UEI2,1 Street,AC-2,2014-04-01,2017-03-31,2cfr200,accrual,annual,0.00,deduction",
]
NARRATIVES = """report,period,award_id,section,text
sf425,FY2014Q3,NRN-2015,cash_on_hand,Drawn for the invoices of July.
sf425,FY2014Q4,NRN-2015,cash_on_hand,Still for the invoices of July.
performance,FY2014Q3,,accomplishments,The desk answered.
performance,FY2014Q3,NRN-2015,accomplishments,Two cities met.
performance,FY2014Q3,NRN-2015,developments,None that is adverse.
performance,FY2014Q3,B-13/TA-01,developments,A post stayed open.
"""


def entries(rows: list[str]) -> str:
    return LEDGER + "".join(f"{row}\n" for row in rows)


def granted(folder: Path) -> Network:
    """The program, nothing run yet."""
    net = network(folder)
    net.drop("program.yml", "program: Two awards\nsynthetic: true\nas_of: 2014-12-31\nlaunched_on: 2014-05-22\n")
    net.drop("award/awards.csv", HEAD + "".join(f"{row}\n" for row in AWARDS))
    rates = f"rate_id,award_id,type,rate\nIR-A,{A},fixed,0.10\nIR-B,{B},provisional,0.0\n"
    net.drop("indirect_rates/rates.csv", rates)
    net.drop("narratives/narratives.csv", NARRATIVES)
    net.drop("ledger/export.csv", entries(FIRST))
    return net
