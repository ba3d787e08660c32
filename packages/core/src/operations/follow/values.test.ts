import { describe, expect, test } from 'vitest'
import { upgradeOf } from '../../../../../test/support/operations.js'

/** The names of the tables that are dropped, in order; `…` where only Python can tell. */
const dropped = (lines: string, above = '') => upgradeOf(lines, above).map((line) => line.replace('drop_table ', ''))
const unresolved = '… ?table'

describe('a value is known wherever it comes from', () => {
  test.each([
    ['op.drop_table("us" "er")', ['user']],
    ['op.drop_table("us" + "er")', ['user']],
    ['op.drop_table(f"{PREFIX}_user")', ['crm_user']],
    ['op.drop_table("%s_user" % PREFIX)', ['crm_user']],
    ['op.drop_table("%s_%s" % (PREFIX, "user"))', ['crm_user']],
    ['op.drop_table("%(p)s_user" % {"p": PREFIX})', ['crm_user']],
    ['op.drop_table("{}_{}".format(PREFIX, "user"))', ['crm_user']],
    ['op.drop_table("{0}_{t}".format(PREFIX, t="user"))', ['crm_user']],
    ['op.drop_table("_".join([PREFIX, "user"]))', ['crm_user']],
    ['op.drop_table(" User ".strip().lower())', ['user']],
    ['op.drop_table("crm-user".replace("-", "_"))', ['crm_user']],
    ['op.drop_table(TABLES["user"])', ['person']],
    ['op.drop_table(TABLES.get("user"))', ['person']],
    ['op.drop_table(LIST[1])', ['b']],
    ['op.drop_table(LIST[-1])', ['b']],
    ['op.drop_table("abcdef"[:3])', ['abc']],
    ['op.drop_table("a" if True else "b")', ['a']],
    ['op.drop_table("a" if PREFIX == "crm" else "b")', ['a']],
    ['op.drop_table(None or "a")', ['a']],
    ['op.drop_table(PREFIX and "a")', ['a']],
    ['op.drop_table(sa.sql.quoted_name("User", True))', ['User']],
    ['op.drop_table(str("a"))', ['a']],
    ['op.drop_table(table := "a")\nop.drop_table(table)', ['a', 'a']],
    ['name = "a"\nname += "b"\nop.drop_table(name)', ['ab']],
    ['a, b = "x", "y"\nop.drop_table(b)', ['y']],
    ['class Names:\n    user = "u"\nop.drop_table(Names.user)', ['u']],
    ['op.drop_table(Kind.USER.value)', ['person']],
    ['op.drop_table(f"{Kind.USER.value}s")', ['persons']],
    ['name: str = "a"\nop.drop_table(name)', ['a']],
    ['(lambda name: op.drop_table(name))("a")', ['a']],
    ['op.drop_table(**{"table_name": "a"})', ['a']],
    ['class Names:\n    PREFIX = "x"\n    def first():\n        return PREFIX\nop.drop_table(Names.first())', ['crm']],
    [
      'class Names:\n    a = "x"\n    @classmethod\n    def of(cls, b):\n        return cls.a + b\nop.drop_table(Names.of("y"))',
      ['xy'],
    ],
    ['class Names:\n    @staticmethod\n    def of(b):\n        return "x" + b\nop.drop_table(Names.of("y"))', ['xy']],
    ['op.drop_table(*["a"])', ['a']],
    ['op.drop_table(tables[0] if (tables := ["a"]) else "b")', ['a']],
  ])('%s', (lines, expected) => {
    const above = [
      'import enum',
      'PREFIX = "crm"',
      'TABLES = {"user": "person", "firm": "company"}',
      'LIST = ("a", "b")',
      'class Kind(enum.Enum):',
      '    USER = "person"',
    ]
    expect(dropped(lines, above.join('\n'))).toEqual(expected)
  })

  test.each([
    ['for t in ("a", "b"):\n    op.drop_table(t)', ['a', 'b']],
    ['for t in ["a"] + ["b"]:\n    op.drop_table(t)', ['a', 'b']],
    ['for i, t in enumerate(("a", "b"), 1):\n    op.drop_table(f"{t}{i}")', ['a1', 'b2']],
    ['for a, b in zip(("a", "b"), ("c", "d")):\n    op.drop_table(a + b)', ['ac', 'bd']],
    ['for a, (b, c) in [("a", ("b", "c"))]:\n    op.drop_table(c)', ['c']],
    ['for k, v in {"a": "b"}.items():\n    op.drop_table(k + v)', ['ab']],
    ['for k in {"a": 1, "b": 2}:\n    op.drop_table(k)', ['a', 'b']],
    ['for v in {"a": "x"}.values():\n    op.drop_table(v)', ['x']],
    ['for t in sorted({"b", "a"}):\n    op.drop_table(t)', ['a', 'b']],
    ['for t in reversed(("a", "b")):\n    op.drop_table(t)', ['b', 'a']],
    ['for i in range(2):\n    op.drop_table("t%d" % i)', ['t0', 't1']],
    ['for row in [{"name": "a"}]:\n    op.drop_table(row["name"])', ['a']],
    ['for t in "a b".split():\n    op.drop_table(t)', ['a', 'b']],
    ['for t in [x for x in ("a", "b") if x != "a"]:\n    op.drop_table(t)', ['b']],
    ['for t in ("a", "b", "c"):\n    if t == "b":\n        continue\n    op.drop_table(t)', ['a', 'c']],
    ['for t in ("a", "b"):\n    op.drop_table(t)\n    break\nelse:\n    op.drop_table("z")', ['a']],
    ['for t in ("a",):\n    op.drop_table(t)\nelse:\n    op.drop_table("z")', ['a', 'z']],
    ['[op.drop_table(t) for t in ("a", "b")]', ['a', 'b']],
    ['list(map(op.drop_table, ["a", "b"]))', ['a', 'b']],
    ['list(map(lambda t: op.drop_table(t), ["a"]))', ['a']],
    ['ts = []\nts.append("a")\nts.extend(["b"])\nfor t in ts:\n    op.drop_table(t)', ['a', 'b']],
    ['d = {}\nd["a"] = "b"\nfor t in d:\n    op.drop_table(t)', ['a']],
    ['for t in (*("a", "b"), "c"):\n    op.drop_table(t)', ['a', 'b', 'c']],
    ['for t in {**{"a": 1}, "b": 2}:\n    op.drop_table(t)', ['a', 'b']],
  ])('a loop over something known is unrolled: %s', (lines, expected) => {
    expect(dropped(lines)).toEqual(expected)
  })
})

describe('nothing is taken for certain that is not', () => {
  test.each([
    ['op.drop_table(name)', [unresolved]],
    ['op.drop_table(settings.TABLE)', [unresolved]],
    ['op.drop_table(f"{settings.PREFIX}_user")', [unresolved]],
    ['op.drop_table("a" if settings.OLD else "b")', [unresolved]],
    ['name = "a"\nif settings.OLD:\n    name = "b"\nop.drop_table(name)', [unresolved]],
    ['name = "a"\nif settings.OLD:\n    name = "a"\nop.drop_table(name)', ['a']],
    ['name = "a"\nfor x in settings.ALL:\n    op.drop_table(name)\n    name = x', ['… ?table if condition']],
    ['name = "a"\nwhile settings.MORE:\n    name += "b"\nop.drop_table(name)', [unresolved]],
    ['ts = ["a"]\nif settings.OLD:\n    ts.append("b")\nop.drop_table(ts[0])', [unresolved]],
    [
      'ts = ["a"]\nsettings.fill(ts)\nfor t in ts:\n    op.drop_table(t)',
      ['opaque calls settings.fill()', '… ?table if condition'],
    ],
    ['def rename():\n    global NAME\n    NAME = "b"\nrename()\nop.drop_table(NAME)', [unresolved]],
    ['try:\n    name = settings.TABLE\nexcept AttributeError:\n    name = "a"\nop.drop_table(name)', [unresolved]],
    ['op.drop_table("a" * 10**9)', [unresolved]],
    ['op.drop_table("t%s" % 1.0)', [unresolved]],
    ['op.drop_table("t%s" % 99999999999999999999)', [unresolved]],
    ['op.drop_table("ÄB".lower())', [unresolved]],
    ['op.drop_table({"a": "x", "b": "y"}[settings.A])', [unresolved]],
    ['op.drop_table({"a": "x"}.get(settings.A))', [unresolved]],
    ['name = "a"\ndef change():\n    nonlocal name\n    name = "b"\nchange()\nop.drop_table(name)', [unresolved]],
    ['op.drop_table(b"user")', [unresolved]],
    ['op.drop_table("{0:>5}".format("a"))', [unresolved]],
  ])('%s', (lines, expected) => {
    expect(dropped(lines, 'from shop import settings\nNAME = "a"\n')).toEqual(expected)
  })
})
