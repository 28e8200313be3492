{{ verdict_columns('patient', ['center_id', 'case_id']) }}
