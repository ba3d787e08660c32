"""add refund table

Revision ID: f04d6e2b713c
Revises: 3c9e51a7b204
Create Date: 2026-03-09 16:40:02.118230

"""
from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision: str = 'f04d6e2b713c'
down_revision: Union[str, Sequence[str], None] = '3c9e51a7b204'
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


def upgrade() -> None:
    op.create_table('refund', sa.Column('id', sa.Integer(), primary_key=True))


def downgrade() -> None:
    op.drop_table('refund')
