"""add invoice due date

Revision ID: 8b1f2c7d90aa
Revises: 3c9e51a7b204
Create Date: 2026-03-10 11:05:47.530921

"""
from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision: str = '8b1f2c7d90aa'
down_revision: Union[str, Sequence[str], None] = '3c9e51a7b204'
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


def upgrade() -> None:
    op.add_column('invoice', sa.Column('due_date', sa.Date(), nullable=True))


def downgrade() -> None:
    op.drop_column('invoice', 'due_date')
