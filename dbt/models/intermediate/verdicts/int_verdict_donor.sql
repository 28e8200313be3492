{{ verdict_columns('donor', ['center_id', 'case_id', 'donor_id']) }}
