"""The words of the federal forms: the SF-425 (OMB 4040-0014), the rules that it keeps, and the boxes of it and of the SF-PPR."""

# line -> its name and, in the form's words, how it follows from others; every line is cumulative from the award's start
LINES = {
    "10a": ("Cash receipts", ""),
    "10b": ("Cash disbursements", ""),
    "10c": ("Cash on hand", "line a minus b"),
    "10d": ("Total Federal funds authorized", ""),
    "10e": ("Federal share of expenditures", ""),
    "10f": ("Federal share of unliquidated obligations", ""),
    "10g": ("Total Federal share", "sum of lines e and f"),
    "10h": ("Unobligated balance of Federal funds", "line d minus g"),
    "10i": ("Total recipient share required", ""),
    "10j": ("Recipient share of expenditures", ""),
    "10k": ("Remaining recipient share to be provided", "line i minus j"),
    "10l": ("Total Federal program income earned", ""),
    "10m": ("Program income expended in accordance with the deduction alternative", ""),
    "10n": ("Program income expended in accordance with the addition alternative", ""),
    "10o": ("Unexpended program income", "line l minus line m or line n"),
}
# the same as sums: line -> (sign, line)
IDENTITIES = {
    "10c": ((1, "10a"), (-1, "10b")),
    "10g": ((1, "10e"), (1, "10f")),
    "10h": ((1, "10d"), (-1, "10g")),
    "10k": ((1, "10i"), (-1, "10j")),
    "10o": ((1, "10l"), (-1, "10m"), (-1, "10n")),
}
CUMULATIVE = ("10a", "10b", "10e", "10j", "10l", "10m", "10n")  # never fall but by named corrections
# kind of ledger entry -> the lines that it is part of
KINDS = {
    "authorized": "10d, 10h",
    "receipt": "10a, 10c",
    "disbursement": "10b, 10c",
    "expenditure": "10e, 10g, 10h",
    "obligation": "10f, 10g, 10h",
    "match_required": "10i, 10k",
    "match_cash": "10j, 10k",
    "match_in_kind": "10j, 10k",
    "program_income": "10l, 10o",
    "program_income_spent": "10m or 10n, 10o",
    "indirect_base": "11d",
    "indirect_charged": "11e",
}
# rule of sf425_checks -> what it says, and what to do where it does not hold
RULES = {
    "ledger_received": ("The ledger was received", "send the ledger"),
    "boxes_stated": (
        "The award states agency, number, recipient, EIN and UEI",
        "state agency, number, recipient, ein and uei in the award file",
    ),
    "recipient_share_stated": (
        "The recipient share required (10i) is stated",
        "state match_required_usd in the award file, as the award document has it (0 where it asks for none)",
    ),
    "program_income_use_stated": (
        "The award says how program income is used",
        "state program_income_alternative in the award file: deduction or addition",
    ),
    "indirect_rates_stated": (
        "Every indirect rate is on record, with its type",
        "send indirect_rates with each rate that the ledger names (a rate of 0 where no indirect cost is charged),"
        " one rate_id for each rate of an award and period",
    ),
    "line_10c_ties": ("10c is 10a less 10b", "this is a fault of the program: report it"),
    "line_10g_ties": ("10g is 10e and 10f together", "this is a fault of the program: report it"),
    "line_10h_ties": ("10h is 10d less 10g", "this is a fault of the program: report it"),
    "line_10k_ties": ("10k is 10i less 10j", "this is a fault of the program: report it"),
    "line_10o_ties": ("10o is 10l less 10m or 10n", "this is a fault of the program: report it"),
    "spent_within_authorized": (
        "Expenditures and obligations (10e and 10f) are within what is authorized (10d)",
        "record the funding action as an entry of kind authorized, or reverse what is not allowable",
    ),
    "obligations_not_negative": (
        "Unliquidated obligations (10f) are not below zero",
        "record the obligation that was liquidated, or take off no more than was obligated, with entries of kind obligation",
    ),
    "income_spent_within_earned": (
        "Program income spent (10m or 10n) is within what was earned (10l)",
        "record the income that was earned, or reverse what was not spent from it",
    ),
    "allocations_sum_to_10e": (
        "What services and engagements cost adds up to 10e",
        "this is a fault of the program: report it",
    ),
    "cash_on_hand_explained": (
        "A remark explains the cash on hand (10c)",
        "send a text for report sf425, section cash_on_hand, with the narratives",
    ),
    "final_without_obligations": (
        "The final report has no unliquidated obligation (10f)",
        "liquidate or release what is left, with entries of kind obligation",
    ),
    "indirect_is_rate_times_base": (
        "What was charged (11e) is the rate (11b) times the base (11d)",
        "compare the entries of kind indirect_charged with their base",
    ),
    "indirect_charged_within_rate_period": (
        "What was charged was incurred or posted within the period of its rate (11c)",
        "charge by the rate of the day, state incurred_on where that is another day than posted_on, or send the rate anew"
        " where its period was extended",
    ),
}
RULES |= {
    f"line_{line}_falls_by_named_corrections_only": (
        f"{line} falls only by corrections that name what they reverse",
        "reverse the entry by one that names it (reverses), and book the right amount again",
    )
    for line in CUMULATIVE
}
SECTIONS = {  # of the narratives, as headings
    "cash_on_hand": "Cash on hand",
    "remarks": "Remarks",
    "restated": "What is restated",
    "provisional": "What is provisional",
    "accomplishments": "Accomplishments",
    "developments": "Significant developments",
    "overruns": "Cost overruns and high unit costs",
}
FREQUENCIES = {"quarterly": "Quarterly", "semi_annual": "Semi-Annual", "annual": "Annual"}
BASES = {"cash": "Cash", "accrual": "Accrual"}
# what the official who signs certifies: 2 CFR 200.415(a), as on the SF-425, and the words of the SF-PPR
CERTIFIED = (
    "By signing this report, I certify to the best of my knowledge and belief that the report is true, complete, and accurate,"
    " and the expenditures, disbursements and cash receipts are for the purposes and objectives set forth in the terms and"
    " conditions of the Federal award. I am aware that any false, fictitious, or fraudulent information, or the omission of any"
    " material fact, may subject me to criminal, civil or administrative penalties for fraud, false statements, false claims or"
    " otherwise (U.S. Code Title 18, Section 1001 and Title 31, Sections 3729-3730 and 3801-3812)."
)
CERTIFIED_PERFORMANCE = (
    "I certify to the best of my knowledge and belief that this report is correct and complete for performance of activities for"
    " the purposes set forth in the award documents."
)
CERTIFICATION = (
    ("13a", "Typed or printed name and title of authorized certifying official", None),
    ("13b", "Signature of authorized certifying official", None),
    ("13c", "Telephone (area code, number and extension)", None),
    ("13d", "Email address", None),
    ("13e", "Date report submitted (month, day, year)", None),
)
