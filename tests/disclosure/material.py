"""The tables of a public file, empty."""

EMPTY = """
    create table public_cohort (characteristic text, level text, patients bigint);
    create table public_adherence (recommendation_id text, subject text, reading text,
        met bigint, deviated bigint, not_evaluable bigint, not_applicable bigint);
    create table public_response (stratum_kind text, stratum text, n_started bigint,
        n_evaluable bigint, n_cr bigint, n_cr_crh_cri bigint);
    create table public_statistic (statement_id text, statistic text, by_group text,
        known bigint, events bigint, unknown bigint);
    create table public_survival (endpoint text, origin text, stratum_kind text, stratum text, time_days bigint,
        n_risk bigint, cumulative_events bigint, cumulative_censored bigint);
    create table public_cumulative_incidence (endpoint text, origin text, stratum_kind text, stratum text,
        time_days bigint, n_risk bigint, cumulative_events bigint, cumulative_competing bigint,
        cumulative_censored bigint);
"""
