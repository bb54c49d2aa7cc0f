-- System views that scripts ask, with the columns that AWS documents and that exist here.

CREATE TABLE sys_load_error_detail (
    user_id integer, query_id bigint, start_time timestamp, file_name varchar(256), line_number bigint,
    column_name varchar(127), column_type varchar(64), column_length varchar(10), position integer,
    error_code integer, error_message varchar(512)
);

CREATE TABLE stl_load_errors (
    userid integer, starttime timestamp, query integer, filename varchar(256), line_number bigint,
    colname varchar(127), type varchar(64), col_length varchar(10), position integer,
    raw_line varchar(1024), raw_field_value varchar(1024), err_code integer, err_reason varchar(100)
);

GRANT SELECT, INSERT ON sys_load_error_detail, stl_load_errors TO PUBLIC;

CREATE VIEW stv_db_isolation_level AS
SELECT current_database()::varchar(128) AS db_name,
       (CASE current_setting('default_transaction_isolation')
            WHEN 'serializable' THEN 'Serializable' ELSE 'Snapshot Isolation' END)::varchar(20) AS isolation_level;

GRANT SELECT ON stv_db_isolation_level TO PUBLIC;
