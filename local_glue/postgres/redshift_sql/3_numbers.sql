-- Numbers and aggregates as Redshift has them.

CREATE FUNCTION round(float8, int) RETURNS float8 LANGUAGE sql IMMUTABLE STRICT AS $$
    SELECT pg_catalog.round($1::numeric, $2)::float8 $$;
CREATE FUNCTION trunc(float8, int) RETURNS float8 LANGUAGE sql IMMUTABLE STRICT AS $$
    SELECT pg_catalog.trunc($1::numeric, $2)::float8 $$;
CREATE FUNCTION dexp(float8) RETURNS float8 LANGUAGE sql IMMUTABLE STRICT AS 'SELECT exp($1)';
CREATE FUNCTION dlog1(float8) RETURNS float8 LANGUAGE sql IMMUTABLE STRICT AS 'SELECT ln($1)';
CREATE FUNCTION dlog10(float8) RETURNS float8 LANGUAGE sql IMMUTABLE STRICT AS 'SELECT log($1)';

-- AVG of whole numbers is a whole number, AVG of a DECIMAL has its scale.
CREATE FUNCTION whole_average(bigint[]) RETURNS bigint LANGUAGE sql IMMUTABLE STRICT AS $$
    SELECT CASE WHEN $1[1] > 0 THEN $1[2] / $1[1] END $$;
CREATE FUNCTION count_and_add(numeric[], numeric) RETURNS numeric[] LANGUAGE sql IMMUTABLE STRICT AS $$
    SELECT ARRAY[$1[1] + 1, $1[2] + $2] $$;
CREATE FUNCTION count_and_add(numeric[], bigint) RETURNS numeric[] LANGUAGE sql IMMUTABLE STRICT AS $$
    SELECT ARRAY[$1[1] + 1, $1[2] + $2] $$;
CREATE FUNCTION whole_average(numeric[]) RETURNS bigint LANGUAGE sql IMMUTABLE STRICT AS $$
    SELECT CASE WHEN $1[1] > 0 THEN div($1[2], $1[1])::bigint END $$;
CREATE FUNCTION scaled_average(numeric[]) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT AS $$
    SELECT CASE WHEN $1[1] > 0 THEN pg_catalog.round($1[2] / $1[1], scale($1[2])) END $$;
CREATE AGGREGATE avg(smallint) (SFUNC = int2_avg_accum, STYPE = bigint[], FINALFUNC = whole_average, INITCOND = '{0,0}');
CREATE AGGREGATE avg(int) (SFUNC = int4_avg_accum, STYPE = bigint[], FINALFUNC = whole_average, INITCOND = '{0,0}');
CREATE AGGREGATE avg(bigint) (SFUNC = count_and_add, STYPE = numeric[], FINALFUNC = whole_average, INITCOND = '{0,0}');
CREATE AGGREGATE avg(numeric) (
    SFUNC = count_and_add, STYPE = numeric[], FINALFUNC = scaled_average, INITCOND = '{0,0}'
);
-- PostgreSQL adds up REAL as REAL.
CREATE FUNCTION add_real(float8, real) RETURNS float8 LANGUAGE sql IMMUTABLE AS 'SELECT coalesce($1 + $2, $2, $1)';
CREATE AGGREGATE sum(real) (SFUNC = add_real, STYPE = float8);

-- LISTAGG: no more than a VARCHAR holds.
CREATE FUNCTION append(text, text, delimiter text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    IF $2 IS NULL THEN RETURN $1; END IF;
    IF octet_length($1) + octet_length(delimiter) + octet_length($2) > 65535 THEN
        RAISE EXCEPTION 'Result size exceeds LISTAGG limit' USING ERRCODE = '54000';
    END IF;
    RETURN coalesce($1 || delimiter, '') || $2;
END $$;
CREATE FUNCTION append(text, anynonarray, delimiter text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT append($1, $2::text, $3) $$;
CREATE AGGREGATE listagg(text, text) (SFUNC = append, STYPE = text);
CREATE AGGREGATE listagg(anynonarray, text) (SFUNC = append, STYPE = text);

-- MERGE ... REMOVE DUPLICATES
CREATE FUNCTION check_simplified_merge(target regclass, source regclass, matches bigint) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    columns text[] := ARRAY(SELECT string_agg(format_type(atttypid, NULL), ', ' ORDER BY attnum) FROM pg_attribute
        WHERE attrelid IN (target, source) AND attnum > 0 AND NOT attisdropped GROUP BY attrelid);
BEGIN
    IF columns[1] <> columns[2] THEN
        RAISE EXCEPTION 'MERGE ... REMOVE DUPLICATES needs the same columns in both tables, not (%) and (%)',
            columns[1], columns[2] USING ERRCODE = '42804';
    END IF;
    IF matches > 1 THEN
        PERFORM unsupported('MERGE ... REMOVE DUPLICATES where one row of the target has several in the source');
    END IF;
END $$;
