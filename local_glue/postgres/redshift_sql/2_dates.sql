-- Dates and times as Redshift has them.

-- The date part that a word stands for. Redshift's m is a minute; mon is a month. In PL/pgSQL, so that the planner
-- evaluates it once and not for each row.
CREATE FUNCTION part(text) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT AS $$ BEGIN
    RETURN coalesce((SELECT name FROM (VALUES
        ('millennium', 'millennium|millennia|mil|mils'), ('century', 'century|centuries|c|cent|cents'),
        ('decade', 'decade|decades|dec|decs'), ('epoch', 'epoch'), ('year', 'year|years|y|yr|yrs'),
        ('quarter', 'quarter|quarters|qtr|qtrs'), ('month', 'month|months|mon|mons'), ('week', 'week|weeks|w'),
        ('dow', 'dayofweek|dow|dw|weekday'), ('doy', 'dayofyear|doy|dy|yearday'), ('day', 'day|days|d'),
        ('hour', 'hour|hours|h|hr|hrs'), ('minute', 'minute|minutes|m|min|mins'),
        ('second', 'second|seconds|s|sec|secs'),
        ('milliseconds', 'millisecond|milliseconds|ms|msec|msecs|msecond|mseconds|millisec|millisecs|millisecon'),
        ('microseconds', 'microsecond|microseconds|microsec|microsecs|microsecond|usecond|useconds|us|usec|usecs')
    ) AS known (name, words) WHERE pg_catalog.lower($1) = ANY (string_to_array(words, '|'))),
    unsupported('the date part ' || quote_literal($1)));
END $$;

-- EXTRACT gives whole numbers, of a TIMESTAMPTZ a DOUBLE PRECISION. PostgreSQL's grammar calls pg_catalog.extract,
-- and calls its own by number: so that one gets another name and this its place.
ALTER FUNCTION pg_catalog.extract(text, timestamp) RENAME TO extract_numeric;
ALTER FUNCTION pg_catalog.extract(text, date) RENAME TO extract_numeric;
ALTER FUNCTION pg_catalog.extract(text, time) RENAME TO extract_numeric;
ALTER FUNCTION pg_catalog.extract(text, interval) RENAME TO extract_numeric;
ALTER FUNCTION pg_catalog.extract(text, timestamptz) RENAME TO extract_numeric;
CREATE FUNCTION known_part(text) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT AS $$ BEGIN
    RETURN CASE WHEN part($1) LIKE 'mi%seconds' THEN unsupported('EXTRACT and DATE_PART of ' || $1 || ': use TO_CHAR')
        ELSE part($1) END;
END $$;
CREATE FUNCTION pg_catalog.extract(text, timestamp) RETURNS int LANGUAGE sql IMMUTABLE STRICT AS $$
    SELECT floor(extract_numeric(known_part($1), $2))::int $$;
CREATE FUNCTION pg_catalog.extract(text, date) RETURNS int LANGUAGE sql IMMUTABLE STRICT AS $$
    SELECT floor(extract_numeric(known_part($1), $2))::int $$;
CREATE FUNCTION pg_catalog.extract(text, time) RETURNS int LANGUAGE sql IMMUTABLE STRICT AS $$
    SELECT floor(extract_numeric(known_part($1), $2))::int $$;
CREATE FUNCTION pg_catalog.extract(text, interval) RETURNS int LANGUAGE sql IMMUTABLE STRICT AS $$
    SELECT trunc(extract_numeric(known_part($1), $2))::int $$;
CREATE FUNCTION pg_catalog.extract(text, timestamptz) RETURNS float8 LANGUAGE sql STABLE STRICT AS $$
    SELECT extract_numeric(known_part($1), $2)::float8 $$;
-- Whether DATE_PART keeps the fraction of a second is not documented.
CREATE FUNCTION whole_part(text, numeric) RETURNS float8 LANGUAGE sql IMMUTABLE STRICT AS $$
    SELECT CASE WHEN $2 = floor($2) THEN $2::float8
        ELSE unsupported('DATE_PART of fractions of a second: use EXTRACT')::float8 END $$;
CREATE FUNCTION date_part(text, timestamp) RETURNS float8 LANGUAGE sql IMMUTABLE STRICT AS $$
    SELECT whole_part($1, extract_numeric(known_part($1), $2)) $$;
CREATE FUNCTION date_part(text, date) RETURNS float8 LANGUAGE sql IMMUTABLE STRICT AS $$
    SELECT whole_part($1, extract_numeric(known_part($1), $2)) $$;
CREATE FUNCTION date_part(text, timestamptz) RETURNS float8 LANGUAGE sql STABLE STRICT AS $$
    SELECT whole_part($1, extract_numeric(known_part($1), $2)) $$;
CREATE FUNCTION date_part_year(date) RETURNS int LANGUAGE sql IMMUTABLE STRICT AS $$
    SELECT extract_numeric('year', $1)::int $$;

-- PostgreSQL makes a TIMESTAMPTZ of a date.
CREATE FUNCTION date_trunc(text, date) RETURNS timestamp LANGUAGE sql IMMUTABLE STRICT AS $$
    SELECT pg_catalog.date_trunc(part($1), $2::timestamp) $$;
CREATE FUNCTION trunc(timestamp) RETURNS date LANGUAGE sql IMMUTABLE STRICT AS 'SELECT $1::date';

-- The time at the start of the statement, in whole seconds, and that at the start of the transaction.
CREATE FUNCTION getdate() RETURNS timestamp LANGUAGE sql STABLE AS $$
    SELECT pg_catalog.date_trunc('second', statement_timestamp() AT TIME ZONE 'UTC') $$;
CREATE FUNCTION sysdate() RETURNS timestamp LANGUAGE sql STABLE AS $$
    SELECT transaction_timestamp() AT TIME ZONE 'UTC' $$;

CREATE FUNCTION dateadd(text, bigint, timestamp) RETURNS timestamp LANGUAGE sql IMMUTABLE STRICT AS $$
    SELECT $3 + CASE part($1)
        WHEN 'millennium' THEN $2 * interval '1000 years' WHEN 'century' THEN $2 * interval '100 years'
        WHEN 'decade' THEN $2 * interval '10 years' WHEN 'year' THEN $2 * interval '1 year'
        WHEN 'quarter' THEN $2 * interval '3 months' WHEN 'month' THEN $2 * interval '1 month'
        WHEN 'week' THEN $2 * interval '7 days' WHEN 'day' THEN $2 * interval '1 day'
        WHEN 'dow' THEN $2 * interval '1 day' WHEN 'doy' THEN $2 * interval '1 day'
        WHEN 'hour' THEN $2 * interval '1 hour' WHEN 'minute' THEN $2 * interval '1 minute'
        WHEN 'second' THEN $2 * interval '1 second' WHEN 'milliseconds' THEN $2 * interval '1 millisecond'
        WHEN 'microseconds' THEN $2 * interval '1 microsecond'
        ELSE unsupported('DATEADD by ' || $1)::interval END
$$;

-- DATEDIFF counts the boundaries between two moments, not the time that passed.
CREATE FUNCTION months_of(timestamp) RETURNS bigint LANGUAGE sql IMMUTABLE STRICT AS $$
    SELECT (extract_numeric('year', $1) * 12 + extract_numeric('month', $1) - 1)::bigint $$;
CREATE FUNCTION seconds_of(text) RETURNS numeric LANGUAGE plpgsql IMMUTABLE STRICT AS $$ BEGIN
    RETURN CASE $1 WHEN 'hour' THEN 3600 WHEN 'minute' THEN 60 WHEN 'second' THEN 1
        WHEN 'milliseconds' THEN 0.001 WHEN 'microseconds' THEN 0.000001
        ELSE unsupported('DATEDIFF in ' || $1)::numeric END;
END $$;
CREATE FUNCTION ticks(text, timestamp) RETURNS bigint LANGUAGE sql IMMUTABLE STRICT AS $$
    SELECT floor(extract_numeric('epoch', $2) / seconds_of($1))::bigint $$;
-- 2000-01-03 was a Monday. Whether a week begins on Sunday or Monday here is not documented.
CREATE FUNCTION weeks_between(date, date) RETURNS bigint LANGUAGE sql IMMUTABLE STRICT AS $$
    SELECT CASE WHEN floor(($2 - date '2000-01-02') / 7.0) - floor(($1 - date '2000-01-02') / 7.0)
            = floor(($2 - date '2000-01-03') / 7.0) - floor(($1 - date '2000-01-03') / 7.0)
        THEN floor(($2 - date '2000-01-03') / 7.0) - floor(($1 - date '2000-01-03') / 7.0)
        ELSE unsupported('DATEDIFF(week) between Sunday and another day: truncate both dates to weeks')::numeric END
$$;
CREATE FUNCTION datediff(text, timestamp, timestamp) RETURNS bigint LANGUAGE sql IMMUTABLE STRICT AS $$
    SELECT CASE part($1)
        WHEN 'year' THEN months_of($3) / 12 - months_of($2) / 12
        WHEN 'quarter' THEN months_of($3) / 3 - months_of($2) / 3
        WHEN 'month' THEN months_of($3) - months_of($2)
        WHEN 'week' THEN weeks_between($2::date, $3::date)
        WHEN 'day' THEN $3::date - $2::date
        WHEN 'dow' THEN $3::date - $2::date
        WHEN 'doy' THEN $3::date - $2::date
        ELSE ticks(part($1), $3) - ticks(part($1), $2) END
$$;

CREATE FUNCTION last_day(timestamp) RETURNS date LANGUAGE sql IMMUTABLE STRICT AS $$
    SELECT (pg_catalog.date_trunc('month', $1) + interval '1 month' - interval '1 day')::date $$;
-- The last day of a month leads to the last day of the other, unlike DATEADD.
CREATE FUNCTION add_months(timestamp, bigint) RETURNS timestamp LANGUAGE sql IMMUTABLE STRICT AS $$
    SELECT CASE WHEN $1::date = last_day($1) THEN last_day($1 + $2 * interval '1 month') + $1::time
        ELSE $1 + $2 * interval '1 month' END $$;
CREATE FUNCTION months_between(timestamp, timestamp) RETURNS float8 LANGUAGE sql IMMUTABLE STRICT AS $$
    SELECT (months_of($1) - months_of($2)) + CASE
        WHEN extract_numeric('day', $1) = extract_numeric('day', $2) THEN 0
        WHEN $1::date = last_day($1) AND $2::date = last_day($2) THEN 0
        ELSE ((extract_numeric('day', $1) - extract_numeric('day', $2))
            + extract_numeric('epoch', $1::time - $2::time) / 86400) / 31 END
$$;
CREATE FUNCTION next_day(timestamp, text) RETURNS date LANGUAGE sql IMMUTABLE STRICT AS $$
    SELECT $1::date + 1 + ((wanted - extract_numeric('dow', $1)::int + 6) % 7)
    FROM (SELECT coalesce(array_position(ARRAY['su', 'mo', 'tu', 'we', 'th', 'fr', 'sa'],
        pg_catalog.left(pg_catalog.lower($2), 2)) - 1, unsupported('the day ' || $2)::int) AS wanted) AS day $$;
CREATE FUNCTION convert_timezone(text, text, timestamp) RETURNS timestamp LANGUAGE sql STABLE STRICT AS $$
    SELECT CASE WHEN $1 || $2 ~ '[0-9]' THEN unsupported('offsets in CONVERT_TIMEZONE: name the zone')::timestamp
        ELSE $3 AT TIME ZONE $1 AT TIME ZONE $2 END $$;
CREATE FUNCTION convert_timezone(text, timestamp) RETURNS timestamp LANGUAGE sql STABLE STRICT AS $$
    SELECT convert_timezone('UTC', $1, $2) $$;
