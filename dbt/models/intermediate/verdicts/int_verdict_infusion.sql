{{ verdict_columns('infusion', ['center_id', 'case_id', 'infusion_no']) }}
