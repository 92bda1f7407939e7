"""An independent implementation of the metrics: plain Python, exact fractions, no SQL, no code of the project.

It is written from the definitions and DECISIONS.md, to be obviously right and not to be fast. The warehouse has to
agree with it on every row of monthly_metrics.

* company.py: a company as rows of the input contract, a figure, and how both are stored;
* <domain>.py: `figures(company)`, every figure of the domain's metrics;
* companies_<domain>.py: what Hypothesis draws a company's rows of the domain from; companies.py puts them together;
* warehouse.py: companies into one build, figures out of it, and the comparison;
* shrink.py: the smallest company that still differs, as a scenario file.
"""
