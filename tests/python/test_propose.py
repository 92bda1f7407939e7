"""`make map`: what is proposed for exports of several kinds, and that a proposal is never written over what is there."""

from difflib import ndiff
from pathlib import Path

import duckdb
import pytest
import yaml

from cs_metrics import ROOT, contract
from cs_metrics.folder import Choices, load, understand
from cs_metrics.profiles import plain_words
from cs_metrics.propose import propose
from cs_metrics.synonyms import SIMILAR, Synonyms, singular

DATA = ROOT.parent / "shared" / "data"
MAPPINGS = ROOT / "tests" / "python" / "data" / "mappings"

CUSTOMERS = "id,company,signed_up_at,country\nC1,Acme,2024-01-01,US\nC2,Brix,2024-02-01,DE\nC3,Corp,2024-02-15,DE\n"
PLANS = "plan_id,plan_name,price_cents,interval\nbasic,Basic,1000,monthly\npro,Pro,24000,annual\n"
CONTRACTS = (
    "contract_id,client,plan_id,seats,start,end,state\n"
    "1,C1,basic,2,2024-01-01,2024-06-01,Churned\n2,C2,pro,1,2024-02-01,,live\n3,C3,basic,5,2024-02-15,,live\n"
)
INVOICES = (
    "invoice_no,customer_name,invoice_date,paid_on,total,vat,currency\n"
    "R1,Acme,2024-01-01,2024-01-10,23.80,3.80,EUR\nR2,Brix,2024-02-01,,285.60,45.60,EUR\n"
)
GERMAN = {
    "Kunden.csv": "Kunden-Nr.;Firma;Branche;Kunde seit\n100;Müller & Söhne;Handel;01.02.2023\n101;Böhm;Industrie;17.03.2023\n",
    "Verträge.csv": (
        "Vertrags-Nr.;Kunden-Nr.;Tarif;Anzahl;Einzelpreis;Zahlweise;Vertragsbeginn;Vertragsende\n"
        "1;100;Größe M;3;19,90;monatlich;01.02.2023;\n2;101;Größe L;1;1.200,00;jährlich;17.03.2023;31.12.2023\n"
    ),
    "Rechnungen.csv": (
        "Rechnungs-Nr.;Kunden-Nr.;Rechnungsdatum;Nettobetrag;MwSt;Währung;Zahlstatus\n"
        "RE-1;100;01.02.2023;59,70;11,34;EUR;bezahlt\nRE-2;101;17.03.2023;1.200,00;228,00;EUR;offen\n"
    ),
}
WIDE = (
    "Customer;Country;Product;MRR;Start;End\n"
    "Acme;US;Gold;100;2024-01-01;2024-03-31\nAcme;US;Gold;150;2024-04-01;\nBrix;DE;Silver;50;2024-01-15;2024-02-14\n"
    "Brix;DE;Gold;70;2024-02-15;2024-05-31\nBrix;DE;Gold;80;2024-06-01;\n"
)


@pytest.fixture
def export(tmp_path: Path):
    """Writes files into a folder and has a mapping proposed for it; the mapping as YAML reads it, and its text."""

    def proposed(files: dict[str, str], name: str = "northwind") -> tuple[dict, str]:
        folder = tmp_path / name
        folder.mkdir()
        for file, content in files.items():
            (folder / file).write_text(content, encoding="utf-8")
        assert propose(folder) == 0
        text = (folder / "mapping.yml").read_text(encoding="utf-8")
        return yaml.load(text, Loader=yaml.BaseLoader), text

    return proposed


def loaded(folder: Path, query: str) -> list[tuple]:
    """The rows of a query on what the folder's mapping makes of it."""
    warehouse = folder.parent / f"{folder.name}.duckdb"
    load(folder, warehouse)
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        return connection.execute(query).fetchall()


def test_customers_contracts_plans_and_invoices(export, tmp_path, capsys):
    files = {"customers.csv": CUSTOMERS, "plans.csv": PLANS, "contracts.csv": CONTRACTS, "invoices_2024.csv": INVOICES}
    mapping, text = export(files)
    tables = mapping["tables"]
    assert set(tables) == {"accounts", "products", "subscriptions", "subscription_items", "invoices", "invoice_lines"}
    assert tables["accounts"]["columns"] == {
        "account_id": "id",
        "account_name": "company",
        "country": "country",
        "created_at": "signed_up_at",
    }
    assert tables["subscriptions"]["columns"]["status"] == {"column": "state", "values": {"live": "active", "Churned": "cancelled"}}
    assert loaded(tmp_path / "northwind", "select item_id, product_id, unit_amount, interval_unit, quantity from raw.subscription_items order by 1") == [
        ("1", "basic", "10", "month", "2"), ("2", "pro", "240", "year", "1"), ("3", "basic", "10", "month", "5"),
    ]  # fmt: skip
    assert loaded(tmp_path / "northwind", "select invoice_id, account_id, status, total_amount from raw.invoices order by 1") == [
        ("R1", "C1", "paid", "23.80"), ("R2", "C2", "open", "285.60"),
    ]  # fmt: skip
    assert loaded(tmp_path / "northwind", "select account_id, amount, currency from raw.invoice_lines order by 1") == [
        ("C1", "20", "EUR"), ("C2", "240", "EUR"),
    ]  # fmt: skip
    assert "account_id: client" in text and "# likely: 100% of its values are in accounts.account_id" in text
    assert "created_at: signed_up_at" in text and "# likely: its name usually means this" in text
    assert "country: country" in text and "# sure: same name" in text
    said = capsys.readouterr().out
    assert "To decide:\n  subscription_items.currency: no column says it; which currency are the amounts in?" in said
    assert "subscriptions        contracts.csv: 5 columns" in said


def test_german_headers_dates_and_commas(export, tmp_path):
    mapping, text = export(GERMAN)
    assert mapping["tables"]["accounts"]["columns"] == {
        "account_id": "Kunden-Nr.", "account_name": "Firma", "industry": "Branche", "created_at": "Kunde seit",
    }  # fmt: skip
    query = "select unit_amount, quantity, interval_unit, plan_id, valid_from from raw.subscription_items order by item_id"
    assert loaded(tmp_path / "northwind", query) == [
        ("19.90", "3", "month", "Größe M", "2023-02-01"), ("1200.00", "1", "year", "Größe L", "2023-03-17"),
    ]  # fmt: skip
    query = "select ended_at, status from raw.subscriptions order by subscription_id"
    assert loaded(tmp_path / "northwind", query) == [(None, "active"), ("2023-12-31", "cancelled")]
    query = "select account_id, amount, tax_amount from raw.invoice_lines order by 1"
    assert loaded(tmp_path / "northwind", query) == [("100", "59.70", "11.34"), ("101", "1200.00", "228.00")]
    assert loaded(tmp_path / "northwind", "select status from raw.invoices order by invoice_id") == [("paid",), ("open",)]


def test_one_wide_file_feeds_all_required_tables(export, tmp_path):
    """Customers are those that it names, products its own; the next term begins the day after an end, so that is the last day."""
    mapping, text = export({"report.csv": WIDE})
    assert set(mapping["tables"]) == {"accounts", "products", "subscriptions", "subscription_items"}
    folder = tmp_path / "northwind"
    assert loaded(folder, "select account_id, country, created_at from raw.accounts order by 1") == [
        ("Acme", "US", "2024-01-01 00:00:00"), ("Brix", "DE", "2024-01-15 00:00:00"),
    ]  # fmt: skip
    assert loaded(folder, "select product_id, product_name from raw.products order by 1") == [("Gold", "Gold"), ("Silver", "Silver")]
    assert loaded(folder, "select subscription_id, ended_at from raw.subscriptions where ended_at is not null order by 1") == [
        (1, "2024-04-01 00:00:00"), (3, "2024-02-15 00:00:00"), (4, "2024-06-01 00:00:00"),
    ]  # fmt: skip
    assert loaded(folder, "select distinct interval_unit, interval_count from raw.subscription_items") == [("month", "1")]
    assert "ended_at: {column: End, plus: 1 day}" in text and "so it is the last day of service" in text


def test_several_rows_of_a_subscription_are_its_terms(export, tmp_path):
    rows = "subscription_id,customer_id,from,to,monthly_fee,qty\ns1,c1,2024-01-01,2024-05-01,10,1\ns1,c1,2024-05-01,,12,2\ns2,c2,2024-02-01,,5,1\n"
    _, text = export({"subscription_versions.csv": rows})
    folder = tmp_path / "northwind"
    assert loaded(folder, "select subscription_id, status, started_at, ended_at from raw.subscriptions order by 1") == [
        ("s1", "active", "2024-01-01 00:00:00", None), ("s2", "active", "2024-02-01 00:00:00", None),
    ]  # fmt: skip
    assert loaded(folder, "select item_id, unit_amount, quantity, valid_from, valid_to from raw.subscription_items order by valid_from") == [
        ("s1", "10", "1", "2024-01-01", "2024-05-01"), ("s2", "5", "1", "2024-02-01", None), ("s1", "6", "2", "2024-05-01", None),
    ]  # fmt: skip


def test_customers_that_are_named_and_not_numbered_are_looked_up(export, tmp_path):
    """The column is called as a key is, and holds names."""
    files = {"customers.csv": CUSTOMERS, "plans.csv": PLANS, "contracts.csv": CONTRACTS}
    _, text = export(files | {"invoices.csv": INVOICES.replace("customer_name", "customer")})
    assert "account_id: {lookup: customers.csv, by: {customer: company}, column: id}" in text
    assert loaded(tmp_path / "northwind", "select account_id from raw.invoices order by 1") == [("C1",), ("C2",)]


def test_customers_without_a_date_begin_with_their_first_subscription(export, tmp_path):
    customers = "id,company\nC1,Acme\nC2,Brix\n"
    contracts = "contract_id,client,price,start,end\n1,C1,5,2024-03-01,\n2,C1,5,2024-01-01,2024-03-01\n3,C2,6,2024-02-01,\n"
    _, text = export({"customers.csv": customers, "contracts.csv": contracts})
    assert "# check: no column says it, so the start of the first subscription" in text
    assert loaded(tmp_path / "northwind", "select account_id, created_at from raw.accounts order by 1") == [
        ("C1", "2024-01-01 00:00:00"), ("C2", "2024-02-01 00:00:00"),
    ]  # fmt: skip


def test_events_become_a_days_usage(export, tmp_path):
    events = "user,event,timestamp\nu1,login,2024-01-01 10:00\nu1,login,2024-01-01 11:00\nu1,export,2024-01-01 11:00\nu2,login,2024-01-02 09:00\n"
    users = "user_id,organization,created\nu1,C1,2024-01-01\nu2,C2,2024-01-01\n"
    export({"customers.csv": CUSTOMERS, "plans.csv": PLANS, "contracts.csv": CONTRACTS, "events.csv": events, "users.csv": users})
    query = "select usage_date, account_id, user_id, feature, event_count from raw.usage_events order by all"
    assert loaded(tmp_path / "northwind", query) == [
        ("2024-01-01", "C1", "u1", "export", 1), ("2024-01-01", "C1", "u1", "login", 2), ("2024-01-02", "C2", "u2", "login", 1),
    ]  # fmt: skip


def test_a_value_that_is_not_known_is_a_question(export, capsys):
    _, text = export(
        {"customers.csv": CUSTOMERS, "contracts.csv": CONTRACTS.replace("Churned", "zombie").replace("plan_id,seats", "plan,price")}
    )
    assert "# decide: what is 'zombie'? the contract knows incomplete, trialing, active, past_due, paused, unpaid, cancelled" in text
    assert "values: {live: active}" in text
    assert "subscriptions.status: what is 'zombie'?" in capsys.readouterr().out


BILLED = (
    "Contract,Customer,Start,Price,Quantity,Billing,Currency\nK1,Acme,2024-01-01,1200,1,annual,USD\nK2,Brix,2024-01-01,100,2,P3M,USD\n"
    "K3,Corp,2024-02-01,300,1,Semi-Annual,USD\nK4,Dent,2024-02-01,500,1,one-time,USD\n"
)
FRENCH = {
    "clients.csv": "Code client;Raison sociale;Pays;Date de création\nC1;Alpha;FR;05/01/2023\nC2;Bêta;FR;17/02/2023\n",
    "abonnements.csv": (
        "Numéro abonnement;Code client;Formule;Quantité;Prix unitaire;Périodicité;Date de début;Date de fin;Statut;Devise\n"
        "A1;C1;Pro;2;19,90;mensuel;05/01/2023;;actif;EUR\nA2;C2;Base;1;240,00;annuelle;17/02/2023;30/06/2023;résilié;EUR\n"
    ),
}
NAMED = {
    "Kunden.csv": "Nr;Kunde;Land\n1;Müller;DE\n2;Meier;DE\n",
    "Verträge.csv": "Deal ID;Kunde;Beginn;Preis pro Monat;Cancelled On\nD1;Müller;2024-01-01;100;\nD2;Meier;2024-02-01;50;2024-05-01\n",
}


def test_a_price_is_no_product_and_a_billing_period_is_read(export, tmp_path):
    """What the contract's own seed knows keeps its meaning: three months are no single one."""
    mapping, _ = export({"contracts.csv": BILLED})
    columns = mapping["tables"]["subscription_items"]["columns"]
    assert columns["product_id"] == {"value": "subscription"} and "plan_id" not in columns and columns["unit_amount"] == "Price"
    query = "select interval_unit, interval_count, unit_amount from raw.subscription_items order by item_id"
    assert loaded(tmp_path / "northwind", query) == [
        ("year", "1", "1200"), ("P3M", "1", "100"), ("Semi-Annual", "1", "300"), ("once", "1", "500"),
    ]  # fmt: skip


def test_french_headers_and_words(export, tmp_path):
    mapping, text = export(FRENCH)
    assert mapping["tables"]["accounts"]["columns"]["created_at"] == "Date de création" and "decide" not in text.partition("tables:")[2]
    query = "select i.account_id, plan_id, unit_amount, interval_unit, i.status, i.ended_at from raw.subscription_items join raw.subscriptions as i using (subscription_id) order by 1"
    assert loaded(tmp_path / "northwind", query) == [
        ("C1", "Pro", "19.90", "month", "active", None), ("C2", "Base", "240.00", "year", "cancelled", "2023-06-30"),
    ]  # fmt: skip


def test_customers_that_contracts_name_are_looked_up_by_name(export, tmp_path):
    """A key that no contract has finds no start."""
    mapping, _ = export(NAMED)
    assert mapping["tables"]["accounts"]["columns"]["created_at"]["by"] == {"Kunde": "Kunde"}
    folder = tmp_path / "northwind"
    assert loaded(folder, "select account_id, created_at from raw.accounts order by 1") == [("1", "2024-01-01 00:00:00"), ("2", "2024-02-01 00:00:00")]
    assert loaded(folder, "select account_id, subscription_id, ended_at, interval_unit from raw.subscriptions join raw.subscription_items using (subscription_id) order by 1") == [
        ("1", "D1", None, "month"), ("2", "D2", "2024-05-01", "month"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "table, header, column",
    [
        ("subscriptions", "Cancelled On", "ended_at"), ("subscriptions", "gültig bis", "ended_at"), ("subscriptions", "Deal ID", "subscription_id"),
        ("subscription_items", "Positionsnummer", "item_id"), ("subscription_items", "Art", "charge_type"), ("subscription_items", "gültig ab", "valid_from"),
        ("subscription_items", "gültig bis", "valid_to"), ("subscription_items", "Billing", "interval_unit"), ("accounts", "Customer", "account_name"),
        ("subscriptions", "Statut", "status"), ("subscription_items", "Formule", "plan_id"), ("subscription_items", "Nombre de licences", "quantity"),
    ],
)  # fmt: skip
def test_a_header_is_known(table, header, column):
    assert Synonyms().column_score(table, column, plain_words(header)) > SIMILAR


@pytest.mark.parametrize(("price", "currency", "remark"), [
    ("49,90 €", "EUR", "likely: all amounts have the sign €"), ("£5", "GBP", "decide"), ("US$ 5", "USD", "likely: all amounts have the sign US$"),
    ("$5", "USD", "decide"), ("5", "USD", "decide"),
])  # fmt: skip
def test_the_sign_of_amounts_tells_their_currency_where_it_means_one(export, price, currency, remark):
    mapping, text = export({"contracts.csv": f"Contract;Customer;Start;Price\nC1;Acme;2024-01-01;{price}\nC2;Brix;2024-01-05;{price}\n"})
    assert mapping["tables"]["subscription_items"]["columns"]["currency"] == {"value": currency}
    (line,) = [line for line in text.splitlines() if line.strip().startswith("currency: ")]
    assert remark in line


def test_ids_of_a_file_that_names_its_customers(export):
    mapping, _ = export({"subscriptions.csv": "id,customer_id,amount_cents,created\nsub_1,cus_1,1000,2024-01-01\nsub_2,cus_2,2000,2024-01-05\n"})
    assert mapping["tables"]["subscription_items"]["columns"]["unit_amount"] == {"column": "amount_cents", "divide_by": "100"}
    columns = mapping["tables"]["subscriptions"]["columns"]
    assert columns["subscription_id"] == "id" and columns["account_id"] == "customer_id"
    assert mapping["tables"]["subscription_items"]["columns"]["unit_amount"] == {"column": "amount_cents", "divide_by": "100"}


def test_dates_that_may_be_either_are_asked(export, tmp_path, capsys):
    contracts = "contract_id,client,price,start\n1,C1,5,01.02.2024\n2,C2,6,03.04.2024\n"
    _, text = export({"customers.csv": CUSTOMERS, "contracts.csv": contracts})
    said = capsys.readouterr().out
    assert "TO DO    contracts.csv: column start: '01.02.2024' in line 2 may be 1 February or 2 January" in said
    assert "\n# formats: {dates: day first, decimals: comma}           # decide: take away the first #" in text
    (tmp_path / "northwind" / "mapping.yml").write_text(text.replace("# formats", "formats"), encoding="utf-8")
    assert loaded(tmp_path / "northwind", "select valid_from from raw.subscription_items order by 1") == [("2024-02-01",), ("2024-04-03",)]


def test_what_is_missing_stands_at_the_top_with_what_would_serve(export, capsys):
    _, text = export({"customers.csv": CUSTOMERS, "notes.csv": "a,b\n1,x\n"})
    assert text.splitlines()[2].startswith(
        "# missing: subscriptions: no file has customers with a start date and a price. What would serve:"
    )
    assert "notes.csv: no table of the contract fits its columns" in text
    said = capsys.readouterr().out
    assert "TO DO    subscriptions: mapping.yml has no block for this required table." in said


def test_a_required_column_without_a_candidate_is_a_gap(export):
    _, text = export({"customers.csv": CUSTOMERS, "contracts.csv": "contract,client,start,note\n1,C1,2024-01-01,x\n2,C2,2024-01-01,x\n"})
    assert "# missing: subscription_items.unit_amount: no column of contracts.csv fits. What would serve: Price of one unit" in text
    assert "      # unit_amount: ?  missing: price: Price of one unit" in text


def test_what_a_person_may_have_edited_is_never_written_over(tmp_path, capsys):
    (tmp_path / "contracts.csv").write_text(WIDE, encoding="utf-8")
    (tmp_path / "mapping.yml").write_text("mine", encoding="utf-8")
    assert propose(tmp_path) == 0
    assert (tmp_path / "mapping.yml").read_text() == "mine" and "tables:" in (tmp_path / "mapping.proposed.yml").read_text()
    assert "mapping.yml stays as it is" in capsys.readouterr().out
    (tmp_path / "mapping.proposed.yml").write_text("mine too", encoding="utf-8")
    assert propose(tmp_path) == 1
    assert (tmp_path / "mapping.proposed.yml").read_text() == "mine too"
    assert "neither is written over" in capsys.readouterr().err
    (tmp_path / "mapping.yml").unlink()
    assert (
        "mapping.proposed.yml: a proposal is not read. Look it through and call it mapping.yml."
        in understand(tmp_path, tmp_path / "w", Choices()).notices
    )


def test_a_folder_without_files_is_refused(tmp_path, capsys):
    assert propose(tmp_path / "nowhere") == 1 and "is not a folder" in capsys.readouterr().err
    assert propose(tmp_path) == 1 and "has no file that can be read" in capsys.readouterr().err


def test_odd_names_survive_the_way_through_yaml(export, tmp_path):
    files = {"Kunden: \"alle\" #1.csv": 'Kunden-Nr.,"Name: ""kurz"" # {x}",Kunde seit\n1,no,2024-01-01\n2,yes,2024-01-01\n',
             "abo.csv": "Kunden-Nr.,Monatsbetrag,yes,null,Beginn\n1,5,a,b,2024-01-01\n2,6,a,b,2024-02-01\n"}  # fmt: skip
    export(files)
    assert loaded(tmp_path / "northwind", "select account_id from raw.accounts order by 1") == [("1",), ("2",)]


def test_synonyms_name_columns_and_values_of_the_contract():
    synonyms = Synonyms()
    tables = contract.tables()
    assert set(synonyms.tables) == set(tables)
    for name, table in synonyms.tables.items():
        known = {*tables[name].column_names, "subscription_id", "account_name"}
        assert set(table["columns"]) <= known and {column for group in table["needs"] for column in group} <= known, name
        assert all(word == plain_words(word) for words in table["columns"].values() for word in words), name
    everything = {column for table in tables.values() for column in table.column_names}
    assert set(synonyms.content["columns"]) <= everything
    for key in synonyms.content["values"]:
        table, column = key.split(".")
        (vocabulary,) = (each.vocabulary for each in tables[table].columns if each.name == column)
        seed = contract.vocabulary().get(vocabulary, {})
        words = [word for listed in synonyms.content["values"][key].values() for word in listed]
        assert not set(words) & set(seed), f"{key}: the seed vocabulary has them"
        assert not seed or set(synonyms.content["values"][key]) <= set(seed.values())
    assert singular("companies") == "company" and singular("address") == "address" and singular("plans") == "plan"


# How many lines of each proposal a person has to change, add or take out to get the mapping that the proof is built from.
CORRECTED = {"mrr_playbook": 0, "mavenflix": 0, "ravenstack": 8}


@pytest.mark.skipif(not DATA.is_dir(), reason="../shared/data, the data that others wrote, is not there")
@pytest.mark.parametrize("name", CORRECTED)
def test_lines_to_correct(name, tmp_path):
    """Ravenstack's: the reason to leave out churn events, and seven lines for users, which the figures of MRR don't need."""
    folder = tmp_path / name
    folder.mkdir()
    for file in (DATA / name).iterdir():
        (folder / file.name).symlink_to(file)
    assert propose(folder) == 0
    proposed, corrected = (
        [line.split("#")[0].strip() for line in path.read_text(encoding="utf-8").splitlines() if line.split("#")[0].strip()]
        for path in (folder / "mapping.yml", MAPPINGS / f"{name}.yml")
    )
    differences = [line for line in ndiff(proposed, corrected) if line[0] in "+-"]
    assert len([line for line in differences if line[0] == "+"]) == CORRECTED[name], "\n".join(differences)
    assert len([line for line in differences if line[0] == "-"]) <= 1
