# Two commands matter: `make build` and `make test`. Both set up what is missing first.
# Needs make and Python 3.10 or newer; all else goes into .venv.

DATA ?=
ENTITY ?=
MAPPING ?=
DATES ?=
DECIMALS ?=
AS_OF ?=
VARS ?=
FULL_REFRESH ?=
METRIC ?=
MONTH ?=
POLICY ?=
ACCOUNT ?=
TABLE ?=
OUT ?=
QUESTION ?=
KEEP ?=
METRICS ?=
BY ?= metric_time__month
WHERE ?=
SAVED ?=
DASHBOARD ?= 1
PERSONAL ?=
ONLY ?=
RESUME ?=
QUICK ?=
JOBS ?= 2

# The first Python that is new enough; `make PYTHON=/path/to/python3.12 ...` chooses another.
ifndef PYTHON
PYTHON := $(shell for python in python3 python3.13 python3.12 python3.11 python3.10; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null && echo $$python && break; done)
endif

ifndef CS_METRICS_CORES
CS_METRICS_CORES := $(shell getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)
endif

# What a person or a scheduler sets is data: make doesn't expand it, and recipes hand it on as "$$DATA", which the shell doesn't either.
given := DATA ENTITY MAPPING DATES DECIMALS AS_OF VARS FULL_REFRESH METRIC MONTH POLICY ACCOUNT TABLE OUT QUESTION KEEP METRICS BY \
	WHERE SAVED DASHBOARD PERSONAL ONLY RESUME QUICK JOBS PYTHON CS_METRICS_CORES
$(foreach name,$(given),$(eval override $(name) := $$(value $(name))))
export $(given)

DBT_V2 := 2.0.0a4
DUCKDB_EXTENSIONS := 1.5.5
UV := 0.13.9
bin := .venv/bin
test_build := target/test

export DBT_SEND_ANONYMOUS_USAGE_STATS := false
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help setup build check map rejected explain query ask questions app test-app test test-deep lint strict docs clean lock ducklake test-postgres test-ducklake test-dialects test-faults mutants

help:  ## What can be made here
	@echo "make build                 the demo company, on DuckDB"
	@echo "make build DATA=folder     your own data: CSV, Excel or Parquet files named after the tables of the input contract (docs/own_export.md)"
	@echo "     ENTITY=name             the billing entity, where the files have no billing_entity column"
	@echo "     MAPPING=file            what the files and columns are, where it isn't the folder's own mapping.yml"
	@echo "     DATES=day-first         how dates are written (or month-first), where the files leave it open"
	@echo "     DECIMALS=comma          how numbers are written (or point), where the files leave it open"
	@echo "     AS_OF=2026-09-10        what was known on that day (with DATA: today)"
	@echo "     VARS='{...}'            any variable of the project (README)"
	@echo "     FULL_REFRESH=1          build incremental models anew"
	@echo "     KEEP=3                  how many published builds are kept"
	@echo "     DASHBOARD=0             leave the dashboard's page out, which holds names of accounts"
	@echo "     PERSONAL=masked         personal columns in what is published: kept, masked or left_out"
	@echo "make check DATA=folder     in seconds: what its files are, what is wrong with them, which metrics they allow"
	@echo "     ENTITY= MAPPING= DATES= DECIMALS= AS_OF= VARS=   as for build"
	@echo "make map DATA=folder       files and columns with other names: proposes a mapping.yml for you to correct"
	@echo "make rejected DATA=folder   rejected rows of the last build, also of one that failed, with reasons and examples"
	@echo "     TABLE=invoices OUT=f.csv  those of one table; all of them in a file"
	@echo "make explain METRIC=nrr_12m MONTH=2026-08   what a figure is made of, down to rows of the sources"
	@echo "     ACCOUNT=id POLICY=name  the account to follow, and the policy"
	@echo "make query METRICS=nrr_12m BY=metric_time__quarter,segment__industry   figures by any period and segment"
	@echo "     WHERE=\"...\"           a condition on a segment or the time (README)"
	@echo "make query SAVED=name       a saved question"
	@echo "make ask QUESTION=why_mrr_moved             answers one of the questions in docs/questions.md; without QUESTION, lists them"
	@echo
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-21s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup:  ## Create .venv and install the dbt packages, where that isn't done yet
	@$(if $(PYTHON),,echo "No Python 3.10 or newer was found. Install one, or say where it is: make PYTHON=/path/to/python3" >&2; exit 1)
	@"$$PYTHON" -m cs_metrics.setup

build: setup  ## Build the tables and run their tests
	@$(bin)/python -m cs_metrics build $${DATA:+--data="$$DATA"} $${ENTITY:+--entity="$$ENTITY"} \
		$${MAPPING:+--mapping="$$MAPPING"} $${DATES:+--dates="$$DATES"} $${DECIMALS:+--decimals="$$DECIMALS"} \
		$${AS_OF:+--as-of="$$AS_OF"} $${VARS:+--vars="$$VARS"} $${FULL_REFRESH:+--full-refresh} \
		$${KEEP:+--keep="$$KEEP"} $(if $(filter 0,$(DASHBOARD)),--no-dashboard) $${PERSONAL:+--personal="$$PERSONAL"}

check: setup
	@$(if $(DATA),,echo "Say which folder: make check DATA=folder" >&2; exit 1)
	@$(bin)/python -m cs_metrics check --data="$$DATA" $${ENTITY:+--entity="$$ENTITY"} $${MAPPING:+--mapping="$$MAPPING"} \
		$${DATES:+--dates="$$DATES"} $${DECIMALS:+--decimals="$$DECIMALS"} $${AS_OF:+--as-of="$$AS_OF"} $${VARS:+--vars="$$VARS"}

map: setup
	@$(if $(DATA),,echo "Say which folder: make map DATA=folder" >&2; exit 1)
	@$(bin)/python -m cs_metrics map --data="$$DATA" $${ENTITY:+--entity="$$ENTITY"}

rejected: setup
	@$(bin)/python -m cs_metrics rejected $${DATA:+--data="$$DATA"} $${TABLE:+--table="$$TABLE"} $${OUT:+--out="$$OUT"}

explain: setup
	@$(if $(and $(METRIC),$(MONTH)),,echo "Say which figure: make explain METRIC=nrr_12m MONTH=2026-08" >&2; exit 1)
	@$(bin)/python -m cs_metrics explain $${POLICY:+--policy="$$POLICY"} $${ACCOUNT:+--account="$$ACCOUNT"} $${DATA:+--data="$$DATA"} \
		-- "$$METRIC" "$$MONTH"

query: setup
	@$(if $(or $(METRICS),$(SAVED)),,echo "Say which metrics: make query METRICS=mrr,nrr_12m BY=metric_time__quarter" >&2; exit 1)
	@CS_METRICS_TARGET=published $(bin)/python -m cs_metrics.query query --quiet --decimals 4 \
		$(if $(SAVED),--saved-query="$$SAVED" --order metric_time,--metrics="$$METRICS" --group-by="$$BY" --order="$$BY") $${WHERE:+--where="$$WHERE"}

app: setup .venv-app/installed  ## Drill down from metrics into accounts: the optional Streamlit app
	@echo "The app listens on this machine only and asks for no login. To share it, put a proxy with a login before it: README, \"The dashboard\"."
	@.venv-app/bin/python -m streamlit run cs_metrics/dashboard/app.py --server.address localhost --browser.gatherUsageStats false

test-app: setup .venv-app/installed  ## Test the Streamlit app
	@.venv-app/bin/python -m pytest tests/python/test_app.py

.venv-app/installed: requirements.lock pyproject.toml | setup
	@echo "Installing Streamlit in .venv-app ..."
	@rm -rf .venv-app && $(bin)/python -m venv .venv-app
	@.venv-app/bin/python -m pip install -qq --no-deps -r requirements.lock
	@.venv-app/bin/python -m pip install -qq "$$(sed -n 's/^app = \["\(.*\)"\]/\1/p' pyproject.toml)"
	@touch $@

ask: setup
	@$(bin)/python -m cs_metrics ask $${DATA:+--data="$$DATA"} -- $${QUESTION:+"$$QUESTION"}

questions: setup  ## Write docs/questions.md: the questions of analyses/ with their answers for the demo
	@$(bin)/python -m cs_metrics questions

test: lint strict  ## Run every test: lint, dbt v2's parser, dbt's unit and data tests, pytest
	@rm -rf $(test_build)
	@$(bin)/python -m cs_metrics build --warehouse $(test_build)/demo.duckdb --target-path $(test_build)/target
	@CS_METRICS_DUCKDB=$(test_build)/build/demo.duckdb $(bin)/dbt --quiet test --resource-type unit_test --target duckdb --target-path $(test_build)/target
	@$(bin)/python -m pytest -n "$$JOBS" --dist loadfile

test-deep: setup  ## Compare 2,000 drawn companies with the oracle, in 8 builds (ORACLE_BUILDS, ORACLE_COMPANIES)
	@ORACLE_DEEP=1 ORACLE_BUILDS=$${ORACLE_BUILDS:-8} ORACLE_COMPANIES=$${ORACLE_COMPANIES:-250} \
		$(bin)/python -m pytest --durations=5 tests/python/test_oracle.py tests/python/test_properties.py

lint: setup  ## Check the SQL's style
	@CS_METRICS_DUCKDB=:memory: DBT_TARGET_PATH=target/lint $(bin)/sqlfluff lint --disable-progress-bar --processes 2 models tests

strict: setup .venv-v2/$(DBT_V2)  ## Parse the project with dbt v2, which takes no unknown key
	@$(bin)/python -m cs_metrics.strict

.venv-v2/$(DBT_V2): | setup
	@echo "Installing dbt $(DBT_V2) in .venv-v2 ..."
	@rm -rf .venv-v2 && $(bin)/python -m venv .venv-v2
	@.venv-v2/bin/python -m pip install -qq --no-deps dbt-core==$(DBT_V2)
	@touch $@

test-postgres: setup  ## Compare Postgres with DuckDB, and try its roles (installs Debian's server where it can)
	@$(bin)/python -m pytest --durations=5 tests/engines/test_postgres.py tests/engines/test_roles.py

test-ducklake: ducklake  ## Build in DuckLake, its catalog in Postgres, while ten readers read
	@$(bin)/python -m pytest --durations=5 tests/engines/test_ducklake.py

test-dialects: setup .venv-dialects/installed  ## Compile for Spark, Snowflake, BigQuery and Redshift, and parse it
	@$(bin)/python -m pytest --durations=5 tests/engines/test_dialects.py

test-faults: setup  ## Kill fifty builds at random moments (KILLS; `make test` kills five), and corrupt the tables in another way
	@KILLS=$${KILLS:-50} FAULTS_SEED=2 $(bin)/python -m pytest --durations=5 tests/python/test_kills.py tests/python/test_faults.py

mutants: setup  ## Plant faults in the SQL, one after the other, and see which test turns red (ONLY=, RESUME=1, QUICK=1, JOBS=)
	@PYTHONPATH=tests:tests/python $(bin)/python -m mutants --jobs="$$JOBS" $${RESUME:+--resume} $${QUICK:+--quick} $$ONLY

ducklake: setup .venv/duckdb_extensions/$(DUCKDB_EXTENSIONS)  ## Install what the profile's target ducklake needs

.venv/duckdb_extensions/$(DUCKDB_EXTENSIONS): requirements.lock | setup
	@$(bin)/python -m pip install -qq --no-deps duckdb-extensions==$(DUCKDB_EXTENSIONS) \
		duckdb-extension-ducklake==$(DUCKDB_EXTENSIONS) duckdb-extension-postgres-scanner==$(DUCKDB_EXTENSIONS)
	@$(bin)/python -m cs_metrics.extensions
	@touch $@

.venv-dialects/installed: requirements-dialects.lock | setup
	@echo "Installing the adapters of Spark, Snowflake, BigQuery and Redshift in .venv-dialects ..."
	@rm -rf .venv-dialects && $(bin)/python -m venv .venv-dialects
	@.venv-dialects/bin/python -m pip install -qq --no-deps -r requirements-dialects.lock
	@touch $@

docs: setup  ## Write the documentation: one page with every table, column and its lineage
	@$(bin)/python -m cs_metrics docs

clean:  ## Remove all that was made: environments, packages, builds
	rm -rf .venv .venv-v2 .venv-dialects .venv-app .pytest_cache .hypothesis dbt_packages logs target warehouse/*.duckdb* warehouse/*.html* warehouse/build/*.duckdb* warehouse/snapshots warehouse/lake

lock: setup  ## Pin requirements.in and requirements-dialects.in anew in their .lock files
	@$(bin)/python -m venv .venv-lock && .venv-lock/bin/python -m pip install -qq uv==$(UV)
	@for name in requirements requirements-dialects; do \
		UV_CUSTOM_COMPILE_COMMAND="make lock" .venv-lock/bin/uv pip compile $$name.in --upgrade --quiet \
			--excludes requirements.exclude --universal --python-version 3.10 --fork-strategy fewest \
			--no-emit-index-url --no-emit-find-links --output-file $$name.lock || exit 1; \
	done
	@rm -rf .venv-lock
