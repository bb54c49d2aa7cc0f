variable "bucket_names" {
  description = "Names of buckets, where they are not <project>-<environment>-<account>-<kind>."
  type = object({
    landing = optional(string)
    lake    = optional(string)
    scripts = optional(string)
  })
  default = {}

  validation {
    condition     = alltrue([for name in values(var.bucket_names) : can(regex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", name)) if name != null])
    error_message = "bucket_names has ${join(", ", [for name in values(var.bucket_names) : "'${name}'" if name != null && !can(regex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", name))])}; a bucket's name has 3 to 63 lower-case letters, digits, dots and dashes."
  }
}

variable "lifecycle_rules" {
  description = "Whether buckets expire and move objects by `retention`; off only on the local endpoint, where nothing grows old."
  type        = bool
  default     = true
}

variable "retention" {
  description = "Days after which objects go: temporary files, Spark UI logs, handled errors and reports, versions that were replaced or deleted, quarantine (null: kept); and after which archived files move to Glacier Instant Retrieval, where backfills still read them."
  type = object({
    temporary_days       = optional(number, 7)
    spark_ui_days        = optional(number, 30)
    log_days             = optional(number, 365)
    old_version_days     = optional(number, 30)
    quarantine_days      = optional(number)
    archive_glacier_days = optional(number, 90)
  })
  default = {}

  validation {
    condition     = alltrue([for days in values(var.retention) : try(days >= 1 && floor(days) == days, days == null)])
    error_message = "retention has ${join(", ", [for name, days in var.retention : "${name} = ${days}" if !try(days >= 1 && floor(days) == days, days == null)])}; it takes whole days from 1."
  }
}

variable "kms_key_arn" {
  description = "ARN of the key that encrypts everything; null makes one. Its policy must let CloudWatch Logs, EventBridge and CloudWatch use it, as kms.tf does."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null || can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/.+$", var.kms_key_arn))
    error_message = "kms_key_arn is '${coalesce(var.kms_key_arn, "null")}'; it takes arn:aws:kms:<region>:<account>:key/<id>."
  }
}

variable "ledger_table" {
  description = "Name of the DynamoDB table that is the ledger of files."
  type        = string
  default     = "ProcessedFiles"

  validation {
    condition     = can(regex("^[A-Za-z0-9_.-]{3,255}$", var.ledger_table))
    error_message = "ledger_table is '${var.ledger_table}'; it takes 3 to 255 letters, digits, dots, dashes and underscores."
  }
}

variable "catalog_database" {
  description = "Name of the Glue database with the tables over quarantine and archive."
  type        = string
  default     = "music_streams"

  validation {
    condition     = can(regex("^[a-z][a-z0-9_]{0,254}$", var.catalog_database))
    error_message = "catalog_database is '${var.catalog_database}'; it takes lower-case letters, digits and underscores, a letter first."
  }
}
