"""A study as a pandas table: python3 table.py STORE STUDY; needs duckdb and pandas."""

import sys

import duckdb


def trials(store, study):
    con = duckdb.connect()
    con.execute(open(f"{store}/views.sql", encoding="utf-8").read())
    return con.execute("FROM trials_of(?)", [study]).df()


if __name__ == "__main__":
    print(trials(*sys.argv[1:3]))
