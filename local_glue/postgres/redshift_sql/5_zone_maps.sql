-- Redshift knows of each block of a table which dates and times are in it, and reads only blocks that may have what is
-- asked for. PostgreSQL does so with an index of this kind, with blocks of a megabyte as well.
CREATE FUNCTION zone_maps() RETURNS event_trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
    made record;
    times text;
BEGIN
    FOR made IN
        SELECT c.objid, c.object_identity FROM pg_event_trigger_ddl_commands() AS c
        WHERE c.object_type = 'table' AND c.schema_name NOT LIKE 'pg\_temp%'
    LOOP
        SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) INTO times FROM pg_attribute AS a
        WHERE a.attrelid = made.objid AND a.attnum > 0 AND NOT a.attisdropped
            AND a.atttypid IN ('date'::regtype, 'timestamp'::regtype, 'timestamptz'::regtype);
        IF times IS NOT NULL THEN
            EXECUTE format('CREATE INDEX ON %s USING brin (%s) WITH (autosummarize = on)', made.object_identity, times);
        END IF;
    END LOOP;
END
$$;

-- A stack within a process of tests, whose data is not kept safe, has little of it, and makes thousands of tables.
DO $$
BEGIN
    IF current_setting('fsync')::boolean THEN
        CREATE EVENT TRIGGER zone_maps ON ddl_command_end WHEN TAG IN ('CREATE TABLE', 'CREATE TABLE AS', 'SELECT INTO')
            EXECUTE FUNCTION zone_maps();
    END IF;
END
$$;
