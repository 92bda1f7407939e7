"""The documentation as one page can be handed on."""

from cs_metrics import ROOT
from cs_metrics.build import without_places


def test_the_page_does_not_say_where_it_was_made(tmp_path):
    """Neither the project's folder nor the one that dbt wrote to stands in it."""
    page, target = tmp_path / "page.html", ROOT / "target"
    page.write_text(f'{{"root_path": "{ROOT}", "compiled_path": "{target}/compiled/a.sql", "path": "models/a.sql"}}', encoding="utf-8")
    without_places(page, target)
    assert page.read_text(encoding="utf-8") == '{"root_path": ".", "compiled_path": "target/compiled/a.sql", "path": "models/a.sql"}'
