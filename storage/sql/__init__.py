"""Everything that SQL stores share: tables, statements, migrations."""
