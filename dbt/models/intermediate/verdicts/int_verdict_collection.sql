{{ verdict_columns('collection', ['center_id', 'case_id', 'collection_id']) }}
