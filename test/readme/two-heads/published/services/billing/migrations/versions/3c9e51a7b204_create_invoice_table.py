"""create invoice table

Revision ID: 3c9e51a7b204
Revises: 
Create Date: 2026-03-02 09:14:11.204518

"""
from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision: str = '3c9e51a7b204'
down_revision: Union[str, Sequence[str], None] = None
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


def upgrade() -> None:
    op.create_table('invoice', sa.Column('id', sa.Integer(), primary_key=True))


def downgrade() -> None:
    op.drop_table('invoice')
