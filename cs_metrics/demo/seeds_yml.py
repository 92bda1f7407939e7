"""The properties file of the demo seeds: every column is loaded as text, staging casts."""

from cs_metrics.demo.contract import tables

TEXT = "{{ 'string' if target.type in ('spark', 'databricks', 'bigquery') else 'text' }}"


def seeds_yml() -> str:
    """The text of seeds/demo/_demo__seeds.yml."""
    lines = [
        "# Written by `python -m cs_metrics.demo --seeds-yml FILE` from the input contract; don't edit it by hand.",
        "version: 2",
        "",
        "seeds:",
    ]
    for table, columns in tables().items():
        lines += [
            f"  - name: {table}",
            f"    description: Demo rows of the contract table {table}.",
            "    config:",
            "      column_types:",
        ]
        lines += [f'        {column}: "{TEXT}"' for column in columns]
    return "\n".join(lines) + "\n"
