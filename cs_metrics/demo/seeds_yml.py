"""The properties file of the demo seeds: every column is loaded as text, staging casts."""

from cs_metrics.demo.contract import tables

# Here and not in dbt_project.yml, which sees no variable that a project has set for this one as its package.
IS_DEMO = "{{ var('native_data') == 'demo' }}"
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
            f'      enabled: "{IS_DEMO}"',
            "      column_types:",
        ]
        lines += [f'        {column}: "{TEXT}"' for column in columns]
    return "\n".join(lines) + "\n"
