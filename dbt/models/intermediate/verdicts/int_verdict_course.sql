{{ verdict_columns('course', ['center_id', 'case_id', 'course_no']) }}
