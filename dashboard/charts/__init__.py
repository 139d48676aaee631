"""Big charts, one file a chart; all are pure."""
