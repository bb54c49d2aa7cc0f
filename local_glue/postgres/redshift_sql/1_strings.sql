-- Strings as Redshift has them. The schema stands before pg_catalog in the database's search path, so that these
-- definitions win over PostgreSQL's of the same signature.

-- Volatile, so that the planner does not evaluate the branch that is not taken.
CREATE FUNCTION unsupported(what text) RETURNS text LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    RAISE EXCEPTION 'local_glue does not support %', what USING ERRCODE = '0A000';
END $$;

-- Trailing blanks are insignificant in every comparison: joins, GROUP BY, DISTINCT, set operations, windows, IN.
-- The functions of bpchar compare like that, and bytewise as Redshift does. Nothing is wrapped, nothing gets slower.
UPDATE pg_operator SET oprcode = new.code::regproc
FROM (VALUES ('=', 'bpchareq'), ('<>', 'bpcharne'), ('<', 'bpcharlt'), ('<=', 'bpcharle'), ('>', 'bpchargt'),
    ('>=', 'bpcharge')) AS new (name, code)
WHERE oprname = new.name AND oprleft = 'text'::regtype AND oprright = 'text'::regtype;

UPDATE pg_amproc SET amproc = new.code::regproc
FROM (VALUES ('btree', 1, 'bpcharcmp'), ('btree', 2, 'bpchar_sortsupport'), ('hash', 1, 'hashbpchar'),
    ('hash', 2, 'hashbpcharextended')) AS new (method, number, code)
JOIN pg_am ON amname = new.method
JOIN pg_opfamily ON opfmethod = pg_am.oid AND opfname = 'text_ops'
WHERE amprocfamily = pg_opfamily.oid AND amprocnum = new.number
    AND amproclefttype = 'text'::regtype AND amprocrighttype = 'text'::regtype;

-- CAST(x AS VARCHAR(n)) cuts after n bytes, not characters. An assignment stays PostgreSQL's, which refuses.
CREATE FUNCTION first_bytes(text, bytes int) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT AS $$
DECLARE
    kept text := pg_catalog.left($1, bytes);
BEGIN
    WHILE octet_length(kept) > bytes LOOP
        kept := pg_catalog.left(kept, length(kept) - greatest(1, (octet_length(kept) - bytes) / 4));
    END LOOP;
    RETURN kept;
END $$;

CREATE FUNCTION fit(varchar, typmod int, explicit boolean) RETURNS varchar LANGUAGE sql IMMUTABLE STRICT AS $$
    SELECT CASE WHEN typmod < 4 OR octet_length($1) <= typmod - 4 THEN $1
        WHEN explicit THEN first_bytes($1, typmod - 4)::varchar
        ELSE pg_catalog.varchar($1, typmod, false) END
$$;
UPDATE pg_cast SET castfunc = 'fit(varchar, int, boolean)'::regprocedure
WHERE castsource = 'varchar'::regtype AND casttarget = 'varchar'::regtype;

-- Redshift has no cast from BOOLEAN to a string.
CREATE FUNCTION no_text_of_boolean(boolean) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    RAISE EXCEPTION 'cannot cast type boolean to character varying' USING ERRCODE = '42846';
END $$;
UPDATE pg_cast SET castfunc = 'no_text_of_boolean(boolean)'::regprocedure
WHERE castsource = 'boolean'::regtype AND casttarget IN ('text'::regtype, 'varchar'::regtype, 'bpchar'::regtype);

-- The cluster's locale is C, which knows only the letters of ASCII; Redshift knows all.
DO $$
DECLARE
    known text := (SELECT quote_ident(collname) FROM pg_collation
        WHERE collname IN ('C.utf8', 'C.UTF-8', 'en_US.utf8', 'en_US.UTF-8', 'und-x-icu') ORDER BY collname LIMIT 1);
BEGIN
    EXECUTE format('CREATE COLLATION letters FROM %s', coalesce(known, '"C"'));
END $$;
CREATE FUNCTION upper(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT AS $$
    SELECT pg_catalog.upper($1 COLLATE letters) $$;
CREATE FUNCTION lower(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT AS $$
    SELECT pg_catalog.lower($1 COLLATE letters) $$;
CREATE FUNCTION initcap(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT AS $$
    SELECT pg_catalog.initcap($1 COLLATE letters) $$;

CREATE FUNCTION len(text) RETURNS int LANGUAGE sql IMMUTABLE STRICT AS 'SELECT length($1)';
CREATE FUNCTION textlen(text) RETURNS int LANGUAGE sql IMMUTABLE STRICT AS 'SELECT length($1)';
CREATE FUNCTION charindex(text, text) RETURNS int LANGUAGE sql IMMUTABLE STRICT AS 'SELECT strpos($2, $1)';
CREATE FUNCTION replicate(text, int) RETURNS text LANGUAGE sql IMMUTABLE STRICT AS 'SELECT repeat($1, $2)';
CREATE FUNCTION "left"(text, int) RETURNS text LANGUAGE sql IMMUTABLE STRICT AS $$
    SELECT CASE WHEN $2 >= 0 THEN pg_catalog.left($1, $2) ELSE unsupported('LEFT with a negative length') END $$;
CREATE FUNCTION "right"(text, int) RETURNS text LANGUAGE sql IMMUTABLE STRICT AS $$
    SELECT CASE WHEN $2 >= 0 THEN pg_catalog.right($1, $2) ELSE unsupported('RIGHT with a negative length') END $$;
CREATE FUNCTION split_part(text, text, int) RETURNS text LANGUAGE sql IMMUTABLE STRICT AS $$
    SELECT CASE WHEN $3 > 0 THEN pg_catalog.split_part($1, $2, $3)
        ELSE unsupported('SPLIT_PART with a part below 1') END $$;

CREATE FUNCTION sha2(text, bits int) RETURNS text LANGUAGE sql IMMUTABLE STRICT AS $$
    SELECT encode(CASE bits WHEN 224 THEN sha224(convert_to($1, 'UTF8')) WHEN 384 THEN sha384(convert_to($1, 'UTF8'))
        WHEN 512 THEN sha512(convert_to($1, 'UTF8')) WHEN 256 THEN sha256(convert_to($1, 'UTF8'))
        WHEN 0 THEN sha256(convert_to($1, 'UTF8')) END, 'hex')
$$;
CREATE FUNCTION strtol(text, base int) RETURNS bigint LANGUAGE plpgsql IMMUTABLE STRICT AS $$
DECLARE
    digits text := pg_catalog.lower(regexp_replace(btrim($1), '^[-+]', ''));
    total numeric := 0;
    digit int;
BEGIN
    IF base = 16 THEN digits := regexp_replace(digits, '^0x', ''); END IF;
    FOR at IN 1..length(digits) LOOP
        digit := strpos('0123456789abcdefghijklmnopqrstuvwxyz', substr(digits, at, 1)) - 1;
        IF digit < 0 OR digit >= base THEN
            RAISE EXCEPTION 'The input % is not valid to be converted to base %', $1, base USING ERRCODE = '22P02';
        END IF;
        total := total * base + digit;
    END LOOP;
    RETURN CASE WHEN pg_catalog.left(btrim($1), 1) = '-' THEN -total ELSE total END;
END $$;

-- TRY_CAST: NULL for a string that the type does not take. Only strings are safe to try by their text.
CREATE FUNCTION try_text(text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT $1';

-- Regular expressions: every match is replaced, no match is the empty string; flags are c and i.
CREATE FUNCTION regexp_flags(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT AS $$
    SELECT CASE WHEN $1 ~ '^[ci]?$' THEN $1
        ELSE unsupported('the parameters ' || quote_literal($1) || ' of a REGEXP function: use c or i') END $$;
CREATE FUNCTION regexp_replace(text, text, text, int, text) RETURNS text LANGUAGE sql IMMUTABLE STRICT AS $$
    SELECT CASE WHEN $3 ~ '[\\$]' THEN unsupported('\ or $ in the replacement of REGEXP_REPLACE')
        ELSE pg_catalog.left($1, $4 - 1) || pg_catalog.regexp_replace(substr($1, $4), $2, $3, 'g' || regexp_flags($5)) END
$$;
CREATE FUNCTION regexp_replace(text, text) RETURNS text LANGUAGE sql IMMUTABLE STRICT AS $$
    SELECT regexp_replace($1, $2, '', 1, 'c') $$;
CREATE FUNCTION regexp_replace(text, text, text) RETURNS text LANGUAGE sql IMMUTABLE STRICT AS $$
    SELECT regexp_replace($1, $2, $3, 1, 'c') $$;
CREATE FUNCTION regexp_replace(text, text, text, int) RETURNS text LANGUAGE sql IMMUTABLE STRICT AS $$
    SELECT regexp_replace($1, $2, $3, $4, 'c') $$;
CREATE FUNCTION regexp_replace(text, text, text, text) RETURNS text LANGUAGE sql IMMUTABLE STRICT AS $$
    SELECT unsupported('REGEXP_REPLACE with flags as the fourth argument: give the position, then the flags') $$;
CREATE FUNCTION regexp_substr(text, text, int, int, text) RETURNS text LANGUAGE sql IMMUTABLE STRICT AS $$
    SELECT coalesce(pg_catalog.regexp_substr($1, $2, $3, $4, regexp_flags($5)), '') $$;
CREATE FUNCTION regexp_substr(text, text) RETURNS text LANGUAGE sql IMMUTABLE STRICT AS $$
    SELECT regexp_substr($1, $2, 1, 1, 'c') $$;
CREATE FUNCTION regexp_substr(text, text, int) RETURNS text LANGUAGE sql IMMUTABLE STRICT AS $$
    SELECT regexp_substr($1, $2, $3, 1, 'c') $$;
CREATE FUNCTION regexp_substr(text, text, int, int) RETURNS text LANGUAGE sql IMMUTABLE STRICT AS $$
    SELECT regexp_substr($1, $2, $3, $4, 'c') $$;
CREATE FUNCTION regexp_count(text, text, int, text) RETURNS int LANGUAGE sql IMMUTABLE STRICT AS $$
    SELECT pg_catalog.regexp_count($1, $2, $3, regexp_flags($4)) $$;
CREATE FUNCTION regexp_instr(text, text, int, int, int, text) RETURNS int LANGUAGE sql IMMUTABLE STRICT AS $$
    SELECT pg_catalog.regexp_instr($1, $2, $3, $4, $5, regexp_flags($6)) $$;

-- JSON in strings; a path that is not there is NULL.
CREATE FUNCTION json_extract_path_text(text, VARIADIC path text[]) RETURNS text LANGUAGE sql IMMUTABLE STRICT AS $$
    SELECT CASE WHEN cardinality(path) > 5 THEN unsupported('JSON paths deeper than 5, as Redshift')
        ELSE $1::json #>> path END $$;
CREATE FUNCTION json_extract_path_text(text, text, boolean) RETURNS text LANGUAGE sql IMMUTABLE STRICT AS $$
    SELECT CASE WHEN NOT $3 OR pg_input_is_valid($1, 'json') THEN $1::json #>> ARRAY[$2] END $$;
CREATE FUNCTION json_extract_path_text(text, text, text, boolean) RETURNS text LANGUAGE sql IMMUTABLE STRICT AS $$
    SELECT CASE WHEN NOT $4 OR pg_input_is_valid($1, 'json') THEN $1::json #>> ARRAY[$2, $3] END $$;
CREATE FUNCTION json_extract_array_element_text(text, int) RETURNS text LANGUAGE sql IMMUTABLE STRICT AS $$
    SELECT CASE WHEN $2 >= 0 THEN $1::json ->> $2 END $$;
CREATE FUNCTION json_array_length(text) RETURNS int LANGUAGE sql IMMUTABLE STRICT AS $$
    SELECT pg_catalog.json_array_length($1::json) $$;
CREATE FUNCTION json_parse(text) RETURNS jsonb LANGUAGE sql IMMUTABLE STRICT AS 'SELECT $1::jsonb';
