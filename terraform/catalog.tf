locals {
  # The fields of each dataset's contract; `make docs` writes the file, a test compares them. One that is missing here still has its raw text.
  dataset_columns = jsondecode(file("${path.module}/catalog_columns.json"))

  error_columns = {
    _errors         = "array<struct<rule:string,column:string,message:string>>"
    _source_file    = "string"
    _file_key       = "string"
    _run_id         = "string"
    _quarantined_at = "timestamp"
  }
  handled_error_columns = ["at", "job_name", "run_id", "kind", "file", "dataset", "reason", "message", "remedy", "checksum"]

  text_input  = "org.apache.hadoop.mapred.TextInputFormat"
  text_output = "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat"
}

resource "aws_glue_catalog_database" "this" {
  name        = var.catalog_database
  description = "What was rejected and what was loaded, as files: for Athena"
}

# Not partitioned: Athena reads the folders below the location, so that a run's rows are there as soon as they are written.
resource "aws_glue_catalog_table" "quarantine" {
  for_each = toset(local.datasets)

  name          = "quarantine_${each.value}"
  description   = "Rows of ${each.value} in error: raw text, fields as text, all their reasons, file and run"
  database_name = aws_glue_catalog_database.this.name
  table_type    = "EXTERNAL_TABLE"

  parameters = { EXTERNAL = "TRUE", classification = "parquet" }

  storage_descriptor {
    location      = "s3://${local.buckets.lake}/quarantine/${each.value}/"
    input_format  = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat"
    output_format = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat"

    ser_de_info {
      serialization_library = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"
    }

    dynamic "columns" {
      for_each = concat(["raw"], lookup(local.dataset_columns, each.value, []))

      content {
        name = lower(columns.value) # The catalogue knows no other; Athena finds firstName all the same.
        type = "string"
      }
    }
    dynamic "columns" {
      for_each = ["_errors", "_source_file", "_file_key", "_run_id", "_quarantined_at"]

      content {
        name = columns.value
        type = local.error_columns[columns.value]
      }
    }
  }
}

# Lines as they were delivered, headers too: files name their columns in any order, which no table over many of them can follow.
resource "aws_glue_catalog_table" "archive" {
  for_each = toset(local.datasets)

  name          = "archive_${each.value}"
  description   = "Lines of the accepted files of ${each.value}, by day; \"$path\" is the file"
  database_name = aws_glue_catalog_database.this.name
  table_type    = "EXTERNAL_TABLE"

  parameters = {
    EXTERNAL                       = "TRUE"
    "projection.enabled"           = "true"
    "projection.day.type"          = "date"
    "projection.day.format"        = "yyyy/MM/dd"
    "projection.day.range"         = "2000/01/01,NOW"
    "projection.day.interval"      = "1"
    "projection.day.interval.unit" = "DAYS"
    "storage.location.template"    = "s3://${local.buckets.lake}/archive/${each.value}/$${day}/"
  }

  partition_keys {
    name = "day"
    type = "string"
  }

  storage_descriptor {
    location      = "s3://${local.buckets.lake}/archive/${each.value}/"
    input_format  = local.text_input
    output_format = local.text_output

    ser_de_info {
      serialization_library = "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe"
      parameters            = { "field.delim" = "\u0001" }
    }

    columns {
      name = "line"
      type = "string"
    }
  }
}

resource "aws_glue_catalog_table" "handled_errors" {
  name          = "handled_errors"
  description   = "What runs survived, by day: rejected files with reason and remedy, rejected rows, calls tried again, quality checks"
  database_name = aws_glue_catalog_database.this.name
  table_type    = "EXTERNAL_TABLE"

  parameters = {
    EXTERNAL                       = "TRUE"
    "projection.enabled"           = "true"
    "projection.day.type"          = "date"
    "projection.day.format"        = "yyyy-MM-dd"
    "projection.day.range"         = "2024-01-01,NOW"
    "projection.day.interval"      = "1"
    "projection.day.interval.unit" = "DAYS"
    "storage.location.template"    = "s3://${local.buckets.lake}/logs/errors/$${day}/"
  }

  partition_keys {
    name = "day"
    type = "string"
  }

  storage_descriptor {
    location      = "s3://${local.buckets.lake}/logs/errors/"
    input_format  = local.text_input
    output_format = local.text_output

    ser_de_info {
      serialization_library = "org.openx.data.jsonserde.JsonSerDe"
    }

    dynamic "columns" {
      for_each = local.handled_error_columns

      content {
        name = columns.value
        type = "string"
      }
    }
  }
}
