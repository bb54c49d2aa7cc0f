"""Translates Redshift's DDL to PostgreSQL: sizes in bytes, keys not enforced, no physical properties."""

import re

from sqlglot import exp, tokenize
from sqlglot.tokens import Token

from local_glue.job.redshift.column_types import MAX_BYTES, column_type
from local_glue.job.redshift.errors import RefusedError
from local_glue.job.redshift.rewrite import rewrite

BYTES_PREFIX = "bytes_of_"
_BITS = {"integer": 31, "bigint": 63}
_KEYS = (exp.UniqueColumnConstraint, exp.PrimaryKeyColumnConstraint, exp.Reference, exp.EncodeColumnConstraint)


def without_physical_properties(statement: str) -> str:
    """The statement without ENCODE, DISTSTYLE, DISTKEY, SORTKEY and BACKUP, and with a size for VARCHAR(MAX)."""
    tokens = tokenize(statement, read="redshift")
    cuts: list[tuple[int, int, str]] = []
    at = 0
    while at < len(tokens):
        end = _physical_end(tokens, at)
        if end > at:
            cuts.append((tokens[at].start, tokens[end - 1].end + 1, ""))
            at = end
            continue
        if tokens[at].text.upper() == "MAX" and at and tokens[at - 1].text == "(" and _word(tokens, at + 1) == ")":
            cuts.append((tokens[at].start, tokens[at].end + 1, str(MAX_BYTES)))
        at += 1
    for start, end, text in reversed(cuts):
        statement = statement[:start] + text + statement[end:]
    return statement


def create_table(create: exp.Create) -> str:
    """The CREATE TABLE statement for PostgreSQL."""
    if not isinstance(create.this, exp.Schema):
        raise RefusedError("CREATE TABLE needs a list of columns, (LIKE other) or AS SELECT")
    keyed = {name.lower() for key in create.find_all(exp.PrimaryKey) for name in _names(key)}
    items = [text for item in create.this.expressions if (text := _table_item(item, keyed))]
    temporary = "TEMPORARY " if create.find(exp.TemporaryProperty) or create.this.this.name.startswith("#") else ""
    existing = "IF NOT EXISTS " if create.args.get("exists") else ""
    return f"CREATE {temporary}TABLE {existing}{create.this.this.sql('postgres')} ({', '.join(items)})"


def create_table_as(create: exp.Create) -> exp.Create:
    """CREATE TABLE AS, of a temporary table if its name begins with #.

    Raises:
        RefusedError: Redshift's has no IF NOT EXISTS.
    """
    if create.args.get("exists"):
        raise RefusedError("Redshift has no CREATE TABLE IF NOT EXISTS ... AS: create the table, then INSERT into it")
    table = create.this.this if isinstance(create.this, exp.Schema) else create.this
    if table.name.startswith("#") and not create.find(exp.TemporaryProperty):
        create.set("properties", exp.Properties(expressions=[exp.TemporaryProperty()]))
    return create


def check_key_columns(create: exp.Create, text: str) -> None:
    """Checks that the table has the columns of its distribution and sort keys.

    Raises:
        RefusedError: names the missing column.
    """
    known = {column.name.lower() for column in create.find_all(exp.ColumnDef)}
    for listed in re.findall(r"\b(?:distkey|sortkey)\s*\(([^)]*)\)", text, re.IGNORECASE):
        for name in (part.strip().strip('"').lower() for part in listed.split(",")):
            if known and name not in known:
                raise RefusedError(
                    f"key column {name} is no column of {create.this.this.sql('postgres')}: correct the key"
                )


def alter_table(alter: exp.Alter) -> list[str]:
    """The ALTER TABLE statements for PostgreSQL; none for keys.

    Raises:
        RefusedError: Redshift does not accept it, or not within a transaction.
    """
    table = alter.this.sql("postgres")
    if alter.args.get("exists"):
        raise RefusedError("Redshift has no ALTER TABLE IF EXISTS: leave IF EXISTS out")
    if len(alter.args["actions"]) > 1:
        raise RefusedError("Redshift's ALTER TABLE adds or changes one column at a time: write one statement for each")
    return _alter_action(table, alter.args["actions"][0])


def _alter_action(table: str, action: exp.Expression) -> list[str]:
    if isinstance(action, exp.ColumnDef):
        if action.args.get("exists"):
            raise RefusedError(
                "Redshift has no ADD COLUMN IF NOT EXISTS: look in svv_columns which columns are missing"
            )
        if action.find(exp.PrimaryKeyColumnConstraint, exp.UniqueColumnConstraint):
            raise RefusedError("Redshift adds no key with ADD COLUMN: leave the key out")
        if action.find(exp.NotNullColumnConstraint) and not action.find(exp.DefaultColumnConstraint):
            raise RefusedError(
                "Redshift adds a NOT NULL column only with a DEFAULT, also to an empty table: give it one"
            )
        if action.find(exp.GeneratedAsIdentityColumnConstraint):
            raise RefusedError("Redshift adds no IDENTITY column to a table: create the table anew")
        return [f"ALTER TABLE {table} ADD COLUMN {column_definition(action, set())}"]
    if isinstance(action, exp.AlterColumn):
        raise RefusedError("Redshift runs ALTER COLUMN ... TYPE only outside a transaction, and actions run in one")
    if isinstance(action, exp.AddConstraint):
        return []
    if isinstance(action, exp.AlterDistStyle | exp.AlterSortKey):
        return []
    if isinstance(action, exp.Drop) and action.args.get("exists"):
        raise RefusedError("Redshift has no DROP COLUMN IF EXISTS: look in svv_columns whether it is there")
    if isinstance(action, exp.Drop | exp.RenameColumn | exp.AlterRename):
        return [f"ALTER TABLE {table} {action.sql('postgres')}"]
    raise NotImplementedError(f"local_glue does not support ALTER TABLE {table} {action.sql('redshift')}")


def column_definition(column: exp.ColumnDef, keyed: set[str]) -> str:
    """The definition of a column: type, byte limit if the type has one, NOT NULL for key columns."""
    name = exp.to_identifier(column.name.lower(), quoted=True).sql("postgres")
    kind, limit = column_type(column.args["kind"], column.name)
    kept = []
    for constraint in column.args.get("constraints") or []:
        rule = constraint.kind
        if isinstance(rule, exp.CheckColumnConstraint):
            raise RefusedError(f"Redshift has no CHECK constraints: column {column.name}")
        if isinstance(rule, exp.PrimaryKeyColumnConstraint):
            keyed = keyed | {column.name.lower()}
        elif isinstance(rule, exp.GeneratedAsIdentityColumnConstraint):
            kept.append(_identity(rule, kind))
        elif not isinstance(rule, _KEYS):
            kept.append(_portable(rule).sql("postgres"))
    if column.name.lower() in keyed and "NOT NULL" not in kept:
        kept.append("NOT NULL")
    if limit:
        kept.append(f'CONSTRAINT "{BYTES_PREFIX}{column.name.lower()[:50]}" CHECK (octet_length({name}) <= {limit})')
    return " ".join([name, kind, *kept])


def _table_item(item: exp.Expression, keyed: set[str]) -> str | None:
    if isinstance(item, exp.ColumnDef):
        return column_definition(item, keyed)
    if isinstance(item, exp.LikeProperty):
        defaults = " INCLUDING DEFAULTS" if "INCLUDING DEFAULTS" in item.sql("postgres").upper() else ""
        return f"LIKE {item.this.sql('postgres')}{defaults} INCLUDING CONSTRAINTS"
    if isinstance(item, exp.CheckColumnConstraint) or item.find(exp.CheckColumnConstraint):
        raise RefusedError("Redshift has no CHECK constraints: leave it out")
    return None


def _identity(rule: exp.GeneratedAsIdentityColumnConstraint, kind: str) -> str:
    """The generated column, with bounds that let it begin and step anywhere, as Redshift's does."""
    if kind not in _BITS:
        raise RefusedError("Redshift's IDENTITY columns are INT or BIGINT: change the type")
    kept = "ALWAYS" if rule.this else "BY DEFAULT"
    start, step = (rule.args[name].sql() if rule.args.get(name) else "1" for name in ("start", "increment"))
    limit = 2 ** _BITS[kind]
    bounds = f"START WITH {start} INCREMENT BY {step} MINVALUE {-limit} MAXVALUE {limit - 1}"
    return f"GENERATED {kept} AS IDENTITY ({bounds})"


def _portable(rule: exp.Expression) -> exp.Expression:
    if isinstance(rule, exp.DefaultColumnConstraint | exp.NotNullColumnConstraint):
        return rewrite(rule)
    raise NotImplementedError(f"local_glue does not support the column property {rule.sql('redshift')}")


def _names(key: exp.PrimaryKey) -> list[str]:
    return [column.name for column in key.expressions]


def _word(tokens: list[Token], at: int) -> str:
    return tokens[at].text.upper() if at < len(tokens) else ""


def _physical_end(tokens: list[Token], at: int) -> int:
    """The end of the physical property that begins at token `at`; `at` itself if none begins there."""
    word, following = _word(tokens, at), _word(tokens, at + 1)
    if word in ("ENCODE", "DISTSTYLE") or (word == "BACKUP" and following in ("YES", "NO")):
        return at + 2
    if word in ("COMPOUND", "INTERLEAVED") and following == "SORTKEY":
        return _physical_end(tokens, at + 1)
    if word in ("SORTKEY", "DISTKEY"):
        if following == "(":
            return next(i for i in range(at + 1, len(tokens)) if tokens[i].text == ")") + 1
        return at + 2 if following == "AUTO" else at + 1
    return at
