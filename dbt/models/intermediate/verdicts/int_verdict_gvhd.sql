{{ verdict_columns('gvhd', ['center_id', 'case_id', 'kind', 'onset_day']) }}
