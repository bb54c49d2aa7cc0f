"""Reserved words of Redshift, many of which PostgreSQL accepts as names (AWS: Reserved words, r_pg_keywords)."""

from sqlglot import exp

RESERVED = frozenset(
    """
    aes128 aes256 all allowoverwrite analyse analyze and any array as asc authorization az64 backup between binary
    blanksasnull both bytedict bzip2 case cast check collate column constraint create credentials cross current_date
    current_time current_timestamp current_user current_user_id default deferrable deflate defrag delta delta32k desc
    disable distinct do else emptyasnull enable encode encrypt encryption end except explicit false for foreign freeze
    from full globaldict256 globaldict64k grant group gzip having identity ignore ilike in initially inner intersect
    interval into is isnull join leading left like limit localtime localtimestamp lun luns lzo lzop minus mostly16
    mostly32 mostly8 natural new not notnull null nulls off offline offset oid old on only open or order outer overlaps
    parallel partition percent permissions pivot placing primary raw readratio recover references rejectlog resort
    respect restore right select session_user similar snapshot some sysdate system table tag tdes text255 text32k then
    timestamp to top trailing true truncatecolumns union unique unnest unpivot user using verbose wallet when where
    with without
    """.split()  # noqa: SIM905
)


def reserved_name(node: exp.Expression) -> str | None:
    """The reserved word that this node uses as a name where Redshift requires quotes, or None.

    After a dot and after AS, any word is allowed.
    """
    if not isinstance(node, exp.Identifier) or node.args.get("quoted") or node.name.lower() not in RESERVED:
        return None
    parent = node.parent
    if isinstance(parent, exp.Column) and not parent.table:
        # DEFAULT may be a value of INSERT and UPDATE.
        return None if node.name.lower() == "default" else node.name
    named_here = isinstance(parent, exp.ColumnDef | exp.TableAlias | exp.Schema | exp.Insert)
    bare_table = isinstance(parent, exp.Table) and not parent.db
    return node.name if named_here or bare_table else None
