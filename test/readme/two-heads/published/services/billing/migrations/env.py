"""Never run by onehead; it stands here because Alembic wants one."""
